namespace OrleansMcp.Records;

/// <summary>Who acts on records: taken from the session of the call, never from its arguments.</summary>
/// <param name="Tenant">The tenant of the verified caller.</param>
/// <param name="Client">The client of the verified caller.</param>
/// <param name="Subject">Whom it acts for.</param>
/// <param name="Session">The name of its session.</param>
public sealed record RecordAuthor(string Tenant, string Client, string Subject, string Session);
