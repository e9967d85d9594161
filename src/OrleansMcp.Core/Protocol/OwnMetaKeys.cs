namespace OrleansMcp.Protocol;

/// <summary>The keys of <c>_meta</c> that are this server's own (basic/index, _meta: a prefix of one's own).</summary>
internal static class OwnMetaKeys
{
    /// <summary>Begins all of them. A request with another key of this prefix is refused: misspelt, it would ask for nothing.</summary>
    public const string Prefix = "orleansmcp/";

    /// <summary>The permissions that a client asks for; see <see cref="Authorization.PermissionMeta"/>.</summary>
    public const string Permissions = Prefix + "permissions";

    /// <summary>A UUID by which a client names a request over all its repetitions.</summary>
    public const string Delivery = Prefix + "delivery";

    /// <summary>In a result: the tool did not run; see <see cref="Caching.CacheMeta"/>.</summary>
    public const string Cached = Prefix + "cached";

    /// <summary>In the result of a list: which other servers could not be asked, and why.</summary>
    public const string Unavailable = Prefix + "unavailable";

    /// <summary>In a result: how long ago the tool ran, seconds.</summary>
    public const string Age = Prefix + "age";
}
