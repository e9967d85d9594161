namespace OrleansMcp.Secrets;

/// <summary>Memory for secrets.</summary>
public static class SecretBuffer
{
    /// <summary>
    /// A pinned array: the garbage collector never moves it, and so never leaves a copy that cannot be overwritten. Its owner zeroes it
    /// with <see cref="System.Security.Cryptography.CryptographicOperations.ZeroMemory"/> after use.
    /// </summary>
    public static byte[] Allocate(int length) => GC.AllocateArray<byte>(length, pinned: true);
}
