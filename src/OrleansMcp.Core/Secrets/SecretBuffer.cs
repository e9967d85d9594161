namespace OrleansMcp.Secrets;

/// <summary>Memory for secrets.</summary>
public static class SecretBuffer
{
    /// <summary>
    /// A pinned array: the garbage collector never moves it, and so never leaves a copy behind that nobody can overwrite. Whoever holds
    /// it zeroes it with <see cref="System.Security.Cryptography.CryptographicOperations.ZeroMemory"/> when done.
    /// </summary>
    public static byte[] Allocate(int length) => GC.AllocateArray<byte>(length, pinned: true);
}
