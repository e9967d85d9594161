using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using OrleansMcp.Sessions;

namespace OrleansMcp.Http.Connections;

/// <summary>A connection, and who last sent an authenticated request over it. A feature of the connection, and so of its requests.</summary>
internal sealed class GuardedConnection(ConnectionContext connection, ConnectionGuard guard)
{
    private Caller? _caller;
    private int _isNew = 1;

    /// <summary>When it was accepted, by the guard's clock.</summary>
    public required long AcceptedAt { get; init; }

    /// <summary>Its place among the new ones; null for a known one. The lock of <see cref="ConnectionGuard"/> guards it.</summary>
    public LinkedListNode<GuardedConnection>? Place { get; set; }

    /// <summary>When an authenticated request last began on it, by <see cref="Environment.TickCount64"/>.</summary>
    public long UsedAt { get; private set; } = Environment.TickCount64;

    /// <summary>Whether no request on it was authenticated yet.</summary>
    public bool IsNew => Volatile.Read(ref _isNew) != 0;

    /// <summary>Who last used it; null for nobody, or an operator.</summary>
    public Caller? Caller => Volatile.Read(ref _caller);

    /// <summary>Whether it was asked to close after its request.</summary>
    public bool IsClosing { get; private set; }

    /// <summary>
    /// A request on the connection is authenticated. From now on the connection is not closed because another is not: an ingress carries the
    /// requests of many.
    /// </summary>
    public void Use(Caller? caller)
    {
        Volatile.Write(ref _caller, caller);
        UsedAt = Environment.TickCount64;
        if (Volatile.Read(ref _isNew) != 0 && Interlocked.Exchange(ref _isNew, 0) != 0)
        {
            guard.Known(this);
        }
    }

    /// <summary>Closes it at once.</summary>
    public void Abort(string reason) => connection.Abort(new ConnectionAbortedException(reason));

    /// <summary>Closes it when the requests that run on it are answered.</summary>
    public void Close()
    {
        IsClosing = true;
        connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();
    }
}
