namespace OrleansMcp.Benchmarks.Abuse;

/// <summary>Bodies of JSON-RPC.</summary>
internal static class Rpc
{
    /// <summary>A request; <paramref name="parameters"/> is a JSON object.</summary>
    public static string Request(string method, string parameters = "{}", int id = 1) =>
        $$"""{"jsonrpc":"2.0","id":{{id}},"method":"{{method}}","params":""" + parameters + "}";

    /// <summary>A call of a tool; <paramref name="arguments"/> is a JSON object.</summary>
    public static string Call(string tool, string arguments, int id = 1) =>
        Request("tools/call", $$"""{"name":"{{tool}}","arguments":""" + arguments + "}", id);

    public static string Notification(string method, string parameters) =>
        $$"""{"jsonrpc":"2.0","method":"{{method}}","params":""" + parameters + "}";
}
