namespace OrleansMcp.Grains.Records;

/// <summary>A namespace of records as the cluster sees it, keyed by its name as text.</summary>
[Alias("orleansmcp.IRecordSpaceGrain")]
internal interface IRecordSpaceGrain : IGrainWithStringKey
{
    /// <summary>
    /// Executes a request. Requests and replies are in the bytes of RecordFormat. An empty reply: this activation is being deactivated, and
    /// the caller repeats the request with the next one; a transaction that was made is not made again under the same id.
    /// </summary>
    [Alias("execute")]
    Task<byte[]> ExecuteAsync(byte[] request);
}
