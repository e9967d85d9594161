using OrleansMcp.Drill.History;

namespace OrleansMcp.Drill.Clients;

/// <summary>The server under the drill, as its clients see it.</summary>
internal interface IDrillTarget
{
    /// <summary>Sends a request with the credential of its client. Never throws for what a server or a network can do.</summary>
    Task<DrillReply> SendAsync(DrillRequest request, CancellationToken cancellationToken);

    /// <summary>How often each signal was raised since the server started; null when that cannot be read.</summary>
    Task<IReadOnlyDictionary<string, long>?> SignalsAsync(CancellationToken cancellationToken);
}

/// <summary>What a request does.</summary>
internal enum Verb
{
    /// <summary>POST of a message.</summary>
    Post,

    /// <summary>GET of a stream of the session.</summary>
    Listen,

    /// <summary>DELETE of the session.</summary>
    End,

    /// <summary>PUT of a secret of the session.</summary>
    GiveSecret,
}

/// <summary>A request.</summary>
/// <param name="Who">Whose credential it carries.</param>
/// <param name="Verb">What it does.</param>
/// <param name="Session">The session id it names, or null.</param>
/// <param name="Body">The message, or the secret.</param>
/// <param name="Argument">The secret's name, or the <c>Last-Event-ID</c> of a stream.</param>
internal sealed record DrillRequest(Party Who, Verb Verb, string? Session, string? Body = null, string? Argument = null);

/// <summary>An answer.</summary>
/// <param name="Status">The HTTP status; 0 when there was no answer.</param>
/// <param name="Body">The body: of a stream of events, the message that answers the request.</param>
/// <param name="Session">The id of the session that was opened, or null.</param>
internal sealed record DrillReply(int Status, string Body, string? Session = null)
{
    /// <summary>The connection broke, or nobody answered in time.</summary>
    public static DrillReply None { get; } = new(0, "");
}
