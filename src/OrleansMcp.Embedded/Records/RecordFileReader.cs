using System.Text.Json;
using System.Text.Json.Serialization;
using OrleansMcp.Records;
using OrleansMcp.Records.Log;
using OrleansMcp.Sessions;

namespace OrleansMcp.Embedded.Records;

/// <summary>Reads a file of records from its beginning to the last whole line.</summary>
internal sealed class RecordFileReader(RecordSpaceKey key, RecordImageBuilder image)
{
    private readonly List<KnownTransaction> _recent = [];

    public string Tenant { get; private set; } = "";

    public string Owner { get; private set; } = "";

    public string Name { get; private set; } = "";

    public long ImageLength { get; private set; }

    /// <summary>Reads what is whole and returns how long that is.</summary>
    /// <exception cref="InvalidDataException">Something before the end does not fit.</exception>
    public long Read(ReadOnlySpan<byte> content)
    {
        var (at, number) = (0, 0);
        while (at < content.Length)
        {
            var end = content[at..].IndexOf((byte)'\n');
            if (end < 0 || !RecordLine.TryRead(content.Slice(at, end), out var kind, out var json))
            {
                return IsTorn(content[at..]) && number > 0
                    ? at
                    : throw new InvalidDataException($"Line {number + 1} of the records of {key.Value} was changed; what follows it is not read.");
            }

            number++;
            Take(kind, json, number);
            at += end + 1;
        }

        return number > 0 ? at : throw new InvalidDataException($"The file of the records of {key.Value} is empty.");
    }

    /// <summary>Only the last write can have been cut short: nothing whole comes behind it.</summary>
    private static bool IsTorn(ReadOnlySpan<byte> rest)
    {
        for (var at = rest.IndexOf((byte)'\n') + 1; at > 0 && at < rest.Length;)
        {
            var end = rest[at..].IndexOf((byte)'\n');
            if (end < 0)
            {
                return true;
            }

            if (RecordLine.TryRead(rest.Slice(at, end), out _, out _))
            {
                return false;
            }

            at += end + 1;
        }

        return true;
    }

    private void Take(char kind, ReadOnlySpan<byte> json, int number)
    {
        if ((number == 1) != (kind == RecordLine.Head) || (kind == RecordLine.Image && number != 2))
        {
            throw new InvalidDataException($"Line {number} of the records of {key.Value} is out of place.");
        }

        switch (kind)
        {
            case RecordLine.Head:
                var head = JsonSerializer.Deserialize(json, RecordFileJson.Default.RecordFileHead)!;
                (Tenant, Owner, Name) = (head.Tenant, head.Owner, head.Name);
                break;
            case RecordLine.Image:
                var begun = RecordFormat.ReadImage(json);
                image.Begin(begun);
                _recent.AddRange(begun.Recent);
                ImageLength = json.Length;
                break;
            case RecordLine.Commit:
                Apply(RecordFormat.ReadCommit(json));
                break;
            default:
                throw new InvalidDataException($"Line {number} of the records of {key.Value} is of a kind that this version does not know.");
        }
    }

    private void Apply(RecordCommit commit)
    {
        // As of the last transaction: whoever repeats a delivery does it within twice its lifetime.
        _recent.RemoveAll(one => one.At < commit.At - (2 * Session.DeliveryLifetime));
        _recent.Add(new KnownTransaction(commit.Id, commit.Version, commit.At));
        image.Apply(commit, [.. _recent]);
    }
}

/// <summary>The first line of a file of records: whose it is, said once more than by its path.</summary>
internal sealed record RecordFileHead(int Format, string Tenant, string Owner, string Name);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(RecordFileHead))]
internal sealed partial class RecordFileJson : JsonSerializerContext;
