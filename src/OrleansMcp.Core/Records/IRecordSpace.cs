namespace OrleansMcp.Records;

/// <summary>
/// The one actor of a namespace. Its transactions are strictly serialisable: they take effect one after the other, each at one moment between
/// its request and its answer, and readers see nothing that is not durable.
/// </summary>
public interface IRecordSpace
{
    /// <summary>Does what is asked, if its author may.</summary>
    ValueTask<RecordReply> ExecuteAsync(RecordRequest request, CancellationToken cancellationToken);
}

/// <summary>Finds namespaces.</summary>
public interface IRecordSpaceDirectory
{
    /// <summary>A reference to the namespace, whether or not anything is in it.</summary>
    IRecordSpace Get(RecordSpaceKey key);
}
