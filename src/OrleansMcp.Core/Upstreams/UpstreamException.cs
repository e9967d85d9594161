using System.Text.Json;
using System.Text.Json.Nodes;
using OrleansMcp.Protocol;

namespace OrleansMcp.Upstreams;

/// <summary>What was wrong with a server.</summary>
internal enum UpstreamFault
{
    /// <summary>It could not be reached, or refused to serve. Nothing ran.</summary>
    Unavailable,

    /// <summary>The connection ended before the answer: the request may have run.</summary>
    Lost,

    /// <summary>What it sent is not what the protocol says.</summary>
    Invalid,

    /// <summary>It sent more than it may.</summary>
    TooMuch,

    /// <summary>It did not accept the credential, or wants one.</summary>
    Unauthorized,

    /// <summary>It asks to come back later. Nothing ran.</summary>
    Busy,

    /// <summary>It does not know its session any more. Nothing ran.</summary>
    SessionLost,
}

/// <summary>A server did not do what it should. The message is for the client: it quotes nothing that the server sent.</summary>
/// <param name="server">The server's name.</param>
/// <param name="fault">What was wrong.</param>
/// <param name="message">The rest of a sentence that begins with the server.</param>
/// <param name="innerException">What failed.</param>
internal sealed class UpstreamException(string server, UpstreamFault fault, string message, Exception? innerException = null)
    : Exception($"The server '{server}' {message}", innerException)
{
    public string Server => server;

    public UpstreamFault Fault => fault;

    /// <summary>When to try again, seconds; 0 when nobody knows.</summary>
    public int RetryAfterSeconds { get; init; }

    /// <summary>The session's secret that was not accepted; null when it is about none.</summary>
    public string? Secret { get; init; }

    /// <summary>Why a token endpoint gave no token, a code of RFC 6749, section 5.2; null when none was asked, or it gave no such reason.</summary>
    public string? TokenError { get; init; }

    /// <summary>Whether it says nothing about the next request: this one lacks what another may have.</summary>
    public bool IsOfRequest { get; init; }

    /// <summary>Stable, for programs.</summary>
    public string Code => fault switch
    {
        UpstreamFault.Lost => "upstream_lost",
        UpstreamFault.Invalid => "upstream_invalid",
        UpstreamFault.TooMuch => "upstream_too_much",
        UpstreamFault.Unauthorized => "upstream_unauthorized",
        UpstreamFault.Busy => "upstream_busy",
        _ => "upstream_unavailable",
    };

    /// <summary>What a program needs to know: the code, the server, what was not accepted, and when to try again.</summary>
    public JsonObject Details()
    {
        var details = new JsonObject { ["code"] = Code, ["server"] = server };
        if (Secret is not null)
        {
            details["secret"] = Secret;
        }

        if (TokenError is not null)
        {
            details["tokenError"] = TokenError;
        }

        if (RetryAfterSeconds > 0)
        {
            details["retryAfterSeconds"] = RetryAfterSeconds;
        }

        return details;
    }
}

/// <summary>A server answered a request with a JSON-RPC error.</summary>
/// <param name="server">The server's name.</param>
/// <param name="code">Its code.</param>
/// <param name="message">Its message: the server's words.</param>
/// <param name="data">Its data, or undefined.</param>
internal sealed class UpstreamErrorException(string server, int code, string message, JsonElement data) : Exception(message)
{
    private const int UrlElicitationRequired = -32042;

    public string Server => server;

    public int ErrorCode => code;

    public JsonElement ErrorData => data;

    /// <summary>
    /// Whether the client gets the code as it is: what it says is about the request. Other codes of the range that JSON-RPC and the protocol have reserved
    /// would say something about this server, or the client's connection to it.
    /// </summary>
    public bool IsForClient => code is RpcError.InvalidParams or RpcError.ResourceNotFound or UrlElicitationRequired or < -32768 or > -32000;
}
