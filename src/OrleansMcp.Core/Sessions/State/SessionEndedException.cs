using ModelContextProtocol;

namespace OrleansMcp.Sessions.State;

/// <summary>The session has ended or was passivated, so its record cannot be changed here. The message is for the client.</summary>
internal sealed class SessionEndedException() : McpException("The session has ended.");
