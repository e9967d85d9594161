using OrleansMcp.Configuration.Names;
using OrleansMcp.Secrets.References;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace OrleansMcp.Configuration;

/// <summary>Reads the configuration from YAML.</summary>
public static class ConfigurationFile
{
    /// <summary>Reads a file.</summary>
    /// <exception cref="ConfigurationException">It cannot be read, or is not a valid configuration.</exception>
    public static ServerConfiguration Load(string path) => Load(path, []);

    /// <summary>Reads a file whose clients may have secrets of the application's <paramref name="sources"/>.</summary>
    /// <exception cref="ConfigurationException">It cannot be read, or is not a valid configuration.</exception>
    public static ServerConfiguration Load(string path, IReadOnlyList<ISecretSource> sources) => Load(path, sources, new SourceFiles(), offered: null);

    /// <summary>Reads a file for a server that offers <paramref name="offered"/>: what it names of that must be there.</summary>
    /// <exception cref="ConfigurationException">It cannot be read, or is not a valid configuration.</exception>
    public static ServerConfiguration Load(string path, OfferedNames offered) => Load(path, [], new SourceFiles(), offered);

    /// <summary>Reads text; <paramref name="name"/> is what errors call it, and other files that it names are found beside it.</summary>
    /// <exception cref="ConfigurationException">It is not a valid configuration.</exception>
    public static ServerConfiguration Parse(string text, string name) => Parse(text, name, []);

    internal static ServerConfiguration Parse(string text, string name, IReadOnlyList<ISecretSource> sources) =>
        Parse(text, name, sources, new SourceFiles(), offered: null);

    internal static ServerConfiguration Parse(string text, string name, OfferedNames offered) => Parse(text, name, [], new SourceFiles(), offered);

    internal static ServerConfiguration Load(string path, IReadOnlyList<ISecretSource> sources, SourceFiles files, OfferedNames? offered) =>
        Parse(files.Read(path), path, sources, files, offered);

    private static ServerConfiguration Parse(string text, string name, IReadOnlyList<ISecretSource> sources, SourceFiles files, OfferedNames? offered)
    {
        var errors = new YamlErrors(name);
        var root = Root(text, name);
        var configuration = root is null ? new ServerConfiguration() : new ConfigurationReader(errors, files, sources).Read(root);
        new KnownNames(configuration, offered).Judge(errors);
        if (errors.All.Count > 0)
        {
            throw new ConfigurationException(errors.All, errors.Warnings);
        }

        EntranceCheck.Judge(configuration, root, errors);
        return configuration with { Warnings = errors.Warnings };
    }

    /// <summary>The one document of a text; null when it is empty.</summary>
    /// <exception cref="ConfigurationException">It is not one plain YAML document.</exception>
    internal static YamlNode? Root(string text, string name)
    {
        var line = 1L;
        try
        {
            RefuseAliasesAndTags(text, name, ref line);
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            return stream.Documents.Count switch
            {
                0 => null,
                1 => stream.Documents[0].RootNode,
                _ => throw Failed(name, stream.Documents[1].RootNode.Start.Line, "must hold one document."),
            };
        }
        catch (YamlException e) when (IndentedWithTab(text) is { } indented
            && (e.Message.Contains("tab", StringComparison.Ordinal) || indented == e.Start.Line || indented == e.End.Line))
        {
            // The parser names the line where the mapping begins.
            throw Failed(name, indented, "is indented with a tab; YAML takes spaces only.");
        }
        catch (YamlException e)
        {
            throw Failed(name, e.Start.Line, e.Message);
        }
        catch (Exception e) when (e is not ConfigurationException)
        {
            // The YAML parser meets some broken texts, an unclosed bracket among them, with exceptions of other types and without a place.
            throw Failed(name, line, "is not readable as YAML from here on: a bracket, a brace or a quote may not be closed.");
        }
    }

    private static int? IndentedWithTab(string text)
    {
        var lines = text.Split('\n');
        var found = Array.FindIndex(lines, static line => line[..(line.Length - line.TrimStart().Length)].Contains('\t') && line.Trim().Length > 0);
        return found < 0 ? null : found + 1;
    }

    // A few nested aliases describe gigabytes, and a tag gives a value another type than the one it is read as: a configuration needs neither.
    private static void RefuseAliasesAndTags(string text, string name, ref long line)
    {
        var parser = new Parser(new StringReader(text));
        while (parser.MoveNext())
        {
            line = parser.Current!.Start.Line;
            if (parser.Current is YamlDotNet.Core.Events.AnchorAlias alias)
            {
                throw Failed(name, alias.Start.Line, "anchors and aliases are not accepted.");
            }

            if (parser.Current is YamlDotNet.Core.Events.NodeEvent { Tag.IsEmpty: false } tagged)
            {
                throw Failed(name, tagged.Start.Line, $"tags such as {LookAlike.Shown(tagged.Tag.Value)} are not accepted; a text is quoted.");
            }
        }
    }

    private static ConfigurationException Failed(string file, long line, string message) =>
        new([new ConfigurationError(file, line, "", message)]);
}
