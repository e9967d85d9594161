using System.Text;

namespace OrleansMcp.Tests.Hostile;

/// <summary>An HTTP request as bytes, right until somebody makes it wrong.</summary>
internal sealed class RequestText(string method, string target, string version = "HTTP/1.1")
{
    private readonly List<(string Name, string Value)> _headers = [];
    private byte[] _body = [];

    /// <summary>Sets a header, and removes what was there under its name.</summary>
    public RequestText With(string name, string value)
    {
        var at = _headers.FindIndex(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        Without(name);
        _headers.Insert(at < 0 ? _headers.Count : at, (name, value));
        return this;
    }

    /// <summary>Adds a header, also a second time.</summary>
    public RequestText And(string name, string value)
    {
        _headers.Add((name, value));
        return this;
    }

    public RequestText Without(string name)
    {
        _headers.RemoveAll(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        return this;
    }

    public RequestText Body(string text) => Body(Encoding.UTF8.GetBytes(text));

    public RequestText Body(byte[] body)
    {
        _body = body;
        return With("Content-Length", $"{body.Length}");
    }

    /// <summary>Sends the body in chunks, given as they go over the wire.</summary>
    public RequestText Chunks(string chunks)
    {
        Body(Encoding.Latin1.GetBytes(chunks));
        return Without("Content-Length").With("Transfer-Encoding", "chunked");
    }

    /// <summary>Header values are Latin-1, so that any byte can be put into one.</summary>
    public byte[] ToBytes()
    {
        var head = new StringBuilder($"{method} {target} {version}\r\n");
        foreach (var (name, value) in _headers)
        {
            head.Append($"{name}: {value}\r\n");
        }

        return [.. Encoding.Latin1.GetBytes(head.Append("\r\n").ToString()), .. _body];
    }
}
