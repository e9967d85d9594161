using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;
using OrleansMcp.Embedded.Files;
using OrleansMcp.Records;
using OrleansMcp.Records.Log;

namespace OrleansMcp.Embedded.Records;

/// <summary>
/// A namespace as a file of lines: whose it is, the namespace as it was when the file was begun, and a line for each transaction since. A
/// transaction is appended and flushed; what a crash cut short at the end is cut off, and anything else that does not fit is damage that
/// an operator must see. When most of the file is history it is written anew, beside, and renamed.
/// </summary>
internal sealed partial class FileRecordLog(
    RecordSpaceKey key, string folder, string root, WriteQueue queue, Disk disk, ILogger logger) : IRecordLog
{
    private const string Suffix = ".records";
    private const long LeastHistory = 1024 * 1024;

    private readonly RecordGuard _guard = new(key);
    private readonly RecordImageBuilder _image = new();
    private readonly string _path = Path.Combine(folder, key.Name + Suffix);
    private SafeFileHandle? _file;
    private long _length;
    private long _imageLength;

    public async ValueTask<RecordImage?> LoadAsync(CancellationToken cancellationToken)
    {
        RecordImage? image = null;
        InvalidDataException? damage = null;
        await queue.RunAsync(() =>
        {
            try
            {
                image = Load();
            }
            catch (InvalidDataException e)
            {
                damage = e; // Not for want of a disk that works.
            }
        });
        return damage is null ? image : throw damage;
    }

    public ValueTask AppendAsync(IReadOnlyList<RecordCommit> commits, IReadOnlyList<KnownTransaction> recent)
    {
        var written = _guard.Write(commits);
        return queue.RunAsync(() =>
        {
            byte[] lines = [.. commits.SelectMany(commit => RecordLine.Write(RecordLine.Commit, RecordFormat.Write(commit)))];
            if (_file is null)
            {
                Begin(lines);
            }
            else
            {
                Append(lines);
            }

            written();
            foreach (var commit in commits)
            {
                _image.Apply(commit, recent);
            }

            if (_length > LeastHistory + (4 * _imageLength))
            {
                TryCompact();
            }
        });
    }

    public ValueTask DisposeAsync() => queue.RunAsync(() => _file?.Dispose());

    private RecordImage? Load()
    {
        if (!File.Exists(_path))
        {
            _guard.Read(key.Tenant, key.Owner, key.Name, []);
            return null;
        }

        var content = File.ReadAllBytes(_path);
        _image.Begin(new RecordImage(Version: 0));
        var reading = new RecordFileReader(key, _image);
        _length = reading.Read(content);
        if (_length < content.Length)
        {
            LogCut(logger, key.Value, content.Length - _length);
        }

        var image = _image.Build();
        _guard.Read(reading.Tenant, reading.Owner, reading.Name, image.Grants);
        _imageLength = reading.ImageLength;
        OpenFile();
        return image;
    }

    /// <summary>Opens the file that the path names. Whoever renamed it here may not have come to flush the folder.</summary>
    private void OpenFile()
    {
        disk.FlushFolder(folder);
        _file?.Dispose();
        _file = File.OpenHandle(_path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        if (RandomAccess.GetLength(_file) > _length)
        {
            disk.Cut(_file, _length);
        }
    }

    /// <summary>The first write of a namespace.</summary>
    private void Begin(byte[] lines)
    {
        Folders();
        Replace([.. Head(), .. lines]);
        OpenFile();
    }

    private void Append(byte[] lines)
    {
        try
        {
            disk.Append(_file!, lines, _length);
            _length += lines.Length;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            CutBack(e);
            throw;
        }
    }

    /// <summary>What was not confirmed must not be found by a later life.</summary>
    private void CutBack(Exception e)
    {
        try
        {
            disk.Cut(_file!, _length);
        }
        catch (Exception cut) when (cut is IOException or UnauthorizedAccessException)
        {
            throw new RecordLogLostException("It is not known what the disk has taken.", e);
        }
    }

    private void TryCompact()
    {
        var image = RecordLine.Write(RecordLine.Image, RecordFormat.Write(_image.Build()));
        byte[] content = [.. Head(), .. image];
        try
        {
            Replace(content);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogNotCompacted(logger, e, key.Value);
            return;
        }

        _imageLength = image.Length;
        try
        {
            OpenFile();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The handle at hand is that of a file without a name by now.
            throw new RecordLogLostException("The file of records could not be opened again.", e);
        }
    }

    private byte[] Head() => RecordLine.Write(
        RecordLine.Head, JsonSerializer.SerializeToUtf8Bytes(new RecordFileHead(1, key.Tenant, key.Owner, key.Name), RecordFileJson.Default.RecordFileHead));

    /// <summary>Puts another file in its place. Durable once the folder is flushed (<see cref="OpenFile"/>).</summary>
    private void Replace(byte[] content)
    {
        disk.Replace(_path, content);
        _length = content.Length;
    }

    private void Folders()
    {
        if (!Directory.Exists(folder))
        {
            DataFolder.CreatePrivate(folder);
            disk.FlushFolder(Path.GetDirectoryName(folder)!);
            disk.FlushFolder(root);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The last {Bytes} bytes of the records of {Namespace} were never acknowledged and are cut off.")]
    private static partial void LogCut(ILogger logger, string @namespace, long bytes);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The records of {Namespace} could not be written anew; their file goes on growing.")]
    private static partial void LogNotCompacted(ILogger logger, Exception exception, string @namespace);
}
