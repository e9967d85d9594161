namespace OrleansMcp.Conformance.Fixtures;

/// <summary>The smallest media files that are valid.</summary>
internal static class Media
{
    public const string Png = "image/png";
    public const string Wav = "audio/wav";

    /// <summary>One red pixel.</summary>
    public static ReadOnlyMemory<byte> RedPixel { get; } = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==");

    /// <summary>One sample of sound.</summary>
    public static ReadOnlyMemory<byte> Click { get; } = Convert.FromBase64String(
        "UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAAB9AAACABAAZGF0YQIAAAA=");
}
