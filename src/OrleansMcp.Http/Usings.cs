// A session here is a session of the protocol, never the web framework's.
global using ISession = OrleansMcp.Sessions.ISession;
