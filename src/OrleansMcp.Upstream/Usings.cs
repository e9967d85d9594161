global using OrleansMcp.Upstreams;
