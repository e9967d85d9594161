using System.Text;

namespace OrleansMcp.Tests.Re2;

/// <summary>Makes expressions and texts, the same from the same seed. Half of the expressions are well formed, half need not be.</summary>
/// <remarks>
/// What Go's regexp, which policies follow, reads otherwise than RE2 is left out: <c>\C</c> (no expression in Go), counts that pass 32 bits,
/// names in <c>\p{...}</c> in another case, <c>\p{C}</c> and <c>(?&lt;name&gt;</c>, which are newer.
/// </remarks>
internal sealed class GeneratedExpressions(int seed)
{
    private const int Depth = 4;

    // Few, so that texts match often; with everything that readers of expressions take for different things.
    private static readonly string[] s_characters =
    [
        "a", "a", "a", "b", "b", "\n", "\n", "\n", "B", "k", "K", "\u212A", "s", "S", "\u017F", "_", "0", "9", "-", " ", "\t", "\v", "\r", "\n", "\0",
        "é", "É", "e\u0301", "å", "\u212B", "µ", "μ", "Μ", "ß", "ẞ", "ß", "σ", "ς", "Σ", "θ", "ϑ", "ϴ", "ǆ", "ǅ", "Ǆ", "ı", "İ", "i", "I", "Ω", "\u2126",
        "я", "Я", "中", "\u0661", "\u00A0", "\u0085", "\u2028", "\uFFFD", "\uD7FF", "\uE000", "\uFFFF", "😀", "𐐀", "𐐨", "\U0010FFFF",
    ];

    private static readonly string[] s_atoms =
    [
        ".", ".", "^", "$", @"\d", @"\D", @"\w", @"\W", @"\s", @"\S", @"\b", @"\B", @"\A", @"\z", @"\x41", @"\x{1F600}", @"\x{212a}", @"\012", @"\07", @"\n",
        @"\t", @"\v", @"\a", @"\_", @"\-", @"\.", @"\Qa.b\E", @"\Q\E", @"\p{Any}", @"\p{^Any}", "[[:alpha:]]", "[[:^digit:]]", "[^[:word:][:space:]]", "[a-z]", "[k-s]",
        "[^k]", "[α-ω]", "[^a-z]", "[A-Z_0-9]", "[]a]", "[^]a]", "[a-]", "[-a]", @"[\d\-a]", @"[^\W]", @"[\D\d]", @"[^\D\d]", @"[\x{10000}-\x{10FFFF}]", "[😀-😎]", "[^\n]",
        @"[\]\[]", "[a-b-k]", "[[a]", "[S-s]", "[å-ÿ]", @"[\s\S]",
    ];

    // Rarer, because RE2 takes long to compile them.
    private static readonly string[] s_properties =
    [
        @"\pL", @"\PL", @"\p{Lu}", @"\P{Ll}", @"\p{Greek}", @"\p{^Greek}", @"\P{^Latin}", @"\p{Nd}", @"\p{Han}", @"\p{Zs}", @"\p{Lt}", @"\pM", @"[\pL\pN]", @"[^\p{Lu}]",
    ];

    private static readonly string[] s_pieces =
    [
        .. s_atoms, "*", "+", "?", "*?", "+?", "??", "{2}", "{0}", "{0,1}", "{1,}", "{2,3}?", "{,3}", "{", "}", "{a}", "{01}", "{20}", "{1001}", "{2,1}",
        "(", ")", "(?:", "(?i)", "(?i:", "(?-i:", "(?s)", "(?-s:", "(?m)", "(?m:", "(?U)", "(?im-s:", "(?)", "(?-)", "(?i-)", "(?x)", "(?P<n>", "(?P<>", "(?P<n-m>", "(?P=n)",
        "(?=", "(?!", "(?>", "|", "[", "]", "[^", "[a", "[z-a]", @"[a-\d]", "[[:foo:]]", "[[:alpha:]", "[:alpha:]", "[[.a.]]", @"\Z", @"\G", @"\Q", @"\E", @"\1", @"\8", @"\q",
        @"\é", @"\x", @"\x4", @"\xg", @"\x{}", @"\x{110000}", @"\x{41", @"\p{Foo}", @"\pX", @"\p{^}", @"[\b]", @"[\z]", @"\", "a-z", "^*", "$+",
    ];

    private readonly Random _random = new(seed);

    /// <summary>The next expression.</summary>
    public string Expression() => _random.Next(2) == 0
        ? (_random.Next(2) == 0 ? Pick("(?i)", "(?s)", "(?m)", "(?m)^", "^", "(?im)") : "") + Choice(Depth) + (_random.Next(5) == 0 ? "$" : "")
        : string.Concat(Enumerable.Range(0, _random.Next(1, 7)).Select(_ => _random.Next(3) == 0 ? Literal() : Pick(s_pieces)));

    /// <summary>A text to match, mostly short.</summary>
    public string Text(bool isAscii) => string.Concat(
        Enumerable.Range(0, _random.Next(_random.Next(8) == 0 ? 40 : 6)).Select(_ => Pick(s_characters)).Where(text => !isAscii || Ascii.IsValid(text)));

    private string Choice(int depth) => string.Join("|", Some(3, () => Sequence(depth)));

    private string Sequence(int depth) => string.Concat(Some(4, () => Repeat(depth)));

    private string Repeat(int depth) => Atom(depth) + (_random.Next(3) == 0 ? Pick("*", "+", "?", "*?", "+?", "??", "{2}", "{0,2}", "{1,}", "{3,4}?", "{0}") : "");

    private string Atom(int depth) => (depth == 0 ? _random.Next(2) : _random.Next(3)) switch
    {
        0 => Literal(),
        1 => Pick(_random.Next(8) == 0 ? s_properties : s_atoms),
        _ => Pick("(", "(?:", "(?i:", "(?-i:", "(?s:", "(?m:", "(?U:", "(?is-m:", "(?P<n>") + Choice(depth - 1) + ")",
    };

    private string Literal()
    {
        var character = Pick(s_characters);
        return _random.Next(2) == 0 ? character : character switch
        {
            "\0" => @"\000",
            "\n" => @"\012",
            "-" => @"\-",
            _ => character,
        };
    }

    private IEnumerable<string> Some(int most, Func<string> part)
    {
        // Few, so that expressions stay short enough to match.
        for (var left = _random.Next(5) == 0 ? _random.Next(most + 1) : _random.Next(1, 3); left > 0; left--)
        {
            yield return part();
        }
    }

    private string Pick(params string[] options) => options[_random.Next(options.Length)];
}
