namespace OrleansMcp.Protocol;

/// <summary>JSON-RPC error codes of the protocol, and the HTTP status each is tied to.</summary>
public static class RpcError
{
    /// <summary>Not JSON.</summary>
    public const int ParseError = -32700;

    /// <summary>JSON, but not a JSON-RPC message.</summary>
    public const int InvalidRequest = -32600;

    /// <summary>No such method.</summary>
    public const int MethodNotFound = -32601;

    /// <summary>The params do not fit the method.</summary>
    public const int InvalidParams = -32602;

    /// <summary>A failure of the server.</summary>
    public const int InternalError = -32603;

    /// <summary>There is no such session for the caller (the code that the reference implementations use with 404).</summary>
    public const int SessionNotFound = -32001;

    /// <summary>No such resource (session revisions; 2026-07-28 uses <see cref="InvalidParams"/>).</summary>
    public const int ResourceNotFound = -32002;

    /// <summary>A general refusal by the server; the HTTP status says more.</summary>
    public const int Refused = -32000;

    /// <summary>A header differs from the body (2026-07-28).</summary>
    public const int HeaderMismatch = -32020;

    /// <summary>The request needs a capability the client did not declare (2026-07-28).</summary>
    public const int MissingCapability = -32021;

    /// <summary>The protocol revision is not served (2026-07-28).</summary>
    public const int UnsupportedVersion = -32022;

    /// <summary>
    /// The status of an error that answers a request of 2026-07-28 (transports/streamable-http and versioning); for the session revisions
    /// the status of an answered request is 200.
    /// </summary>
    internal static int StatusOf(int code, bool sessionless) => !sessionless ? 200 : code switch
    {
        MethodNotFound => 404,
        ParseError or InvalidRequest or InvalidParams or HeaderMismatch or MissingCapability or UnsupportedVersion => 400,
        _ => 200,
    };
}
