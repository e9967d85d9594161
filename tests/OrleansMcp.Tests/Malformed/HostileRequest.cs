using System.Text;

namespace OrleansMcp.Tests.Malformed;

/// <summary>A request as bytes on the wire, and what it is about.</summary>
internal sealed record HostileRequest(string What, byte[] Bytes)
{
    private const string Usual =
        "Host: 127.0.0.1\r\nAuthorization: Bearer demo-alice\r\nAccept: application/json, text/event-stream\r\nConnection: close\r\n";

    /// <summary>A POST with a body and the usual headers, some of them replaced or added.</summary>
    public static HostileRequest Post(string what, byte[] body, string headers = "", string type = "application/json") =>
        Raw(what, "POST", $"Content-Type: {type}\r\nContent-Length: {body.Length}\r\n{headers}", body);

    public static HostileRequest Post(string what, string body, string headers = "", string type = "application/json") =>
        Post(what, Encoding.UTF8.GetBytes(body), headers, type);

    /// <summary>Any request whose caller is known.</summary>
    public static HostileRequest Raw(
        string what, string method, string headers, byte[]? body = null, string target = "/mcp", string version = "HTTP/1.1") =>
        new(what, [.. Encoding.Latin1.GetBytes($"{method} {target} {version}\r\n{Usual}{headers}\r\n"), .. body ?? []]);
}
