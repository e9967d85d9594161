using OrleansMcp.Drill.History;

namespace OrleansMcp.Drill.Targets;

/// <summary>What a request does.</summary>
internal enum RequestKind
{
    /// <summary>POST of a message.</summary>
    Post,

    /// <summary>GET of a stream of the session.</summary>
    OpenStream,

    /// <summary>DELETE of the session.</summary>
    EndSession,

    /// <summary>PUT of a secret of the session.</summary>
    PutSecret,
}

/// <summary>A request.</summary>
/// <param name="Client">The client whose credential the request carries.</param>
/// <param name="Kind">What the request does.</param>
/// <param name="Session">The session id that the request names, or null.</param>
/// <param name="Body">The message, or the secret.</param>
/// <param name="Argument">The secret's name, or the <c>Last-Event-ID</c> of a stream.</param>
internal sealed record DrillRequest(DrillClient Client, RequestKind Kind, string? Session, string? Body = null, string? Argument = null);
