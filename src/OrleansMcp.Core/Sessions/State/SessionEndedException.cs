using ModelContextProtocol;

namespace OrleansMcp.Sessions.State;

/// <summary>The session has ended, or leaves this process: it is not changed here any more. The message is for the client.</summary>
internal sealed class SessionEndedException() : McpException("The session has ended.");
