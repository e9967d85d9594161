using System.Text.Json.Serialization.Metadata;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace OrleansMcp.Protocol.Keys;

/// <summary>The shapes of the protocol library's types, from the same metadata by which values are bound to them.</summary>
internal sealed class TypeKeys
{
    private readonly Dictionary<Type, KeyShape?> _shapes = new()
    {
        // Types with converters, whose metadata says nothing.
        [typeof(Reference)] = new ObjectKeys().With("type").With("name").With("title").With("uri"),
        [typeof(ElicitationCapability)] = new ObjectKeys().With("form", new ObjectKeys()).With("url", new ObjectKeys()),
        [typeof(ProgressNotificationParams)] =
            new ObjectKeys().With("progressToken").With("progress").With("total").With("message").With("_meta"),
    };

    /// <summary>The keys of a type; null when no key in its values matters.</summary>
    public KeyShape? Of(Type type)
    {
        if (_shapes.TryGetValue(type, out var shape))
        {
            return shape;
        }

        var info = McpJsonUtilities.DefaultOptions.GetTypeInfo(type);
        return info.Kind switch
        {
            JsonTypeInfoKind.Object => Read(info),
            JsonTypeInfoKind.Enumerable => _shapes[type] = info.ElementType is { } item && Of(item) is { } element ? new ElementKeys(element) : null,
            JsonTypeInfoKind.Dictionary => _shapes[type] = info.ElementType is { } value && Of(value) is { } entry ? new MapKeys(entry) : null,
            _ => _shapes[type] = null,
        };
    }

    /// <summary>The keys of an object type, as a shape that may be added to.</summary>
    public ObjectKeys ObjectOf<T>() => (ObjectKeys)Of(typeof(T))!;

    private ObjectKeys Read(JsonTypeInfo info)
    {
        var keys = new ObjectKeys();
        _shapes[info.Type] = keys; // Before its properties, one of which may be of the same type.
        foreach (var property in info.Properties)
        {
            keys.With(property.Name, Of(property.PropertyType));
        }

        return keys;
    }
}
