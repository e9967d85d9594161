namespace OrleansMcp.Drill.Targets;

/// <summary>The server under the drill, as its clients see it.</summary>
internal interface IDrillTarget
{
    /// <summary>Sends a request with the credential of its client. What a server or a network does wrong is a reply, never an exception.</summary>
    Task<DrillReply> SendAsync(DrillRequest request, CancellationToken cancellationToken);

    /// <summary>Reads how often each signal was raised since the server started.</summary>
    Task<SignalReading> SignalsAsync(CancellationToken cancellationToken);
}
