namespace OrleansMcp.Drill;

/// <summary>The drill could not be held; the message says why.</summary>
public sealed class DrillException(string message) : Exception(message);
