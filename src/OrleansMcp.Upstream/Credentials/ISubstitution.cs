namespace OrleansMcp.Upstream.Credentials;

/// <summary>Bytes that requests carry a placeholder for, until they meet the stream of a connection (<see cref="CredentialStream"/>).</summary>
internal interface ISubstitution
{
    /// <summary>What stands for them.</summary>
    ReadOnlyMemory<byte> Placeholder { get; }

    /// <summary>Lets <paramref name="read"/> see them.</summary>
    TResult Use<TState, TResult>(TState state, Func<ReadOnlySpan<byte>, TState, TResult> read);
}
