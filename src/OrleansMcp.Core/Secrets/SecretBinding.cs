using System.Text;
using OrleansMcp.Sessions;

namespace OrleansMcp.Secrets;

/// <summary>What an envelope is sealed for. One that was sealed for anything else does not open.</summary>
/// <param name="Session">The session actor.</param>
/// <param name="Name">The secret's name.</param>
/// <param name="Owner">The session's owner.</param>
public sealed record SecretBinding(SessionKey Session, string Name, SessionOwner Owner)
{
    /// <summary>The associated data of the envelope: unambiguous, because every field is prefixed with its length.</summary>
    internal byte[] ToBytes(byte version)
    {
        var buffer = new MemoryStream(160);
        using var writer = new BinaryWriter(buffer, Encoding.UTF8);
        writer.Write(version);
        writer.Write(Session.Value);
        writer.Write(Name);
        writer.Write(SessionOwner.Canonical(Owner.Tenant, Owner.Client, Owner.Subject, Owner.KeyThumbprint));
        return buffer.ToArray();
    }
}
