using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace OrleansMcp.Configuration;

/// <summary>Reads the configuration from YAML.</summary>
public static class ConfigurationFile
{
    private const int MaxBytes = 1024 * 1024;

    /// <summary>Reads a file.</summary>
    /// <exception cref="ConfigurationException">It cannot be read, or is not a valid configuration.</exception>
    public static ServerConfiguration Load(string path)
    {
        string text;
        try
        {
            if (new FileInfo(path).Length > MaxBytes)
            {
                throw Failed(path, 1, $"is larger than {MaxBytes} bytes.");
            }

            text = File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed(path, 1, File.Exists(path) ? "cannot be read." : "does not exist.");
        }

        return Parse(text, path);
    }

    /// <summary>Reads text; <paramref name="name"/> is what errors call it.</summary>
    /// <exception cref="ConfigurationException">It is not a valid configuration.</exception>
    public static ServerConfiguration Parse(string text, string name)
    {
        var errors = new YamlErrors(name);
        var configuration = Root(text, name) is { } root ? new ConfigurationReader(errors).Read(root) : new ServerConfiguration();
        return errors.All.Count == 0 ? configuration : throw new ConfigurationException(errors.All);
    }

    private static YamlNode? Root(string text, string name)
    {
        try
        {
            RefuseAliases(text, name);
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            return stream.Documents.Count switch
            {
                0 => null,
                1 => stream.Documents[0].RootNode,
                _ => throw Failed(name, stream.Documents[1].RootNode.Start.Line, "must hold one document."),
            };
        }
        catch (YamlException e)
        {
            throw Failed(name, e.Start.Line, e.Message);
        }
        catch (Exception e) when (e is not ConfigurationException)
        {
            // The YAML parser meets some broken texts, an unclosed quote among them, with exceptions of other types and without a place.
            throw Failed(name, 1, $"is not readable as YAML: {e.Message}");
        }
    }

    // A few nested aliases describe gigabytes; a configuration needs none.
    private static void RefuseAliases(string text, string name)
    {
        var parser = new Parser(new StringReader(text));
        while (parser.MoveNext())
        {
            if (parser.Current is YamlDotNet.Core.Events.AnchorAlias alias)
            {
                throw Failed(name, alias.Start.Line, "anchors and aliases are not accepted.");
            }
        }
    }

    private static ConfigurationException Failed(string file, long line, string message) =>
        new([new ConfigurationError(file, line, "", message)]);
}
