namespace OrleansMcp.Sessions;

/// <summary>The actor was passivated between being found and being called: find it again. Never reaches a client.</summary>
public sealed class SessionPassivatedException() : Exception("The session actor has left memory; activate it again.");
