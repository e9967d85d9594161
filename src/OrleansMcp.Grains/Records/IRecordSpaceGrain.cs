namespace OrleansMcp.Grains.Records;

/// <summary>A namespace of records as the cluster sees it, keyed by its name as text.</summary>
[Alias("orleansmcp.IRecordSpaceGrain")]
internal interface IRecordSpaceGrain : IGrainWithStringKey
{
    /// <summary>
    /// Does what a request asks. Requests and replies are bytes of their own format, because their values are. An empty reply: this
    /// activation is out of use, ask the next one; what was asked may have been done, and is not done again under the same name.
    /// </summary>
    [Alias("execute")]
    Task<byte[]> ExecuteAsync(byte[] request);
}
