namespace OrleansMcp.Storage.AzureTables.Leases;

/// <summary>Another process serves the store, and this one was told to serve it alone. The message says what to do.</summary>
public sealed class ServingLeaseHeldException(string message) : IOException(message);
