using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using OrleansMcp.Secrets;

namespace OrleansMcp.Upstream.Exchanges;

/// <summary>
/// A form of <c>application/x-www-form-urlencoded</c> in a pinned buffer, which is zeroed when it is disposed of. Values are encoded as bytes, so that no
/// secret becomes a string.
/// </summary>
internal sealed class FormBuffer : IDisposable
{
    private const int FirstSize = 4096;

    // What is not encoded by any of the rules that are in use: RFC 3986, section 2.3, and the form's own, without '~' and '*' in which they differ.
    private static readonly SearchValues<byte> s_plain = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._"u8);

    private byte[] _buffer = SecretBuffer.Allocate(FirstSize);
    private int _length;

    /// <summary>What was written.</summary>
    public ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, _length);

    public void Add(string name, string value) => Add(name, Encoding.UTF8.GetBytes(value));

    public void Add(string name, ReadOnlySpan<byte> value)
    {
        if (_length > 0)
        {
            Append("&"u8);
        }

        Append(Encoding.ASCII.GetBytes(name));
        Append("="u8);
        AppendEncoded(value);
    }

    public void AppendEncoded(ReadOnlySpan<byte> value)
    {
        foreach (var one in value)
        {
            if (s_plain.Contains(one))
            {
                Append([one]);
            }
            else
            {
                Append([(byte)'%', Digit(one >> 4), Digit(one & 0xF)]);
            }
        }
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (_length + bytes.Length > _buffer.Length)
        {
            var larger = SecretBuffer.Allocate(Math.Max(2 * _buffer.Length, _length + bytes.Length));
            Written.Span.CopyTo(larger);
            CryptographicOperations.ZeroMemory(_buffer);
            _buffer = larger;
        }

        bytes.CopyTo(_buffer.AsSpan(_length));
        _length += bytes.Length;
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(_buffer);

    private static byte Digit(int value) => (byte)(value < 10 ? '0' + value : 'A' + value - 10);
}
