using System.Text.Json;
using OrleansMcp.Re2;
using OrleansMcp.Tests.Clients;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Re2;

/// <summary>Our reading of expressions beside that of RE2 itself.</summary>
[Trait(Rounds.Trait, Rounds.MoreAtNight)]
public sealed class RealRe2Tests
{
    private const int Seed = 20260728;
    private const int TextsOfEach = 12;
    private const int AtATime = 2_000; // RE2's memory is 16 MiB there

    private static readonly TimeSpan s_deadline = TimeSpan.FromMinutes(15);

    [Fact]
    public async Task Generated_expressions_are_refused_and_matched_as_RE2_does()
    {
        var generated = new GeneratedExpressions(Seed);
        Case[] cases = [.. Enumerable.Range(0, Rounds.Of(700, atNight: 10_000)).Select(_ => Next(generated))];
        List<string> answers = [];
        foreach (var some in cases.Chunk(AtATime))
        {
            answers.AddRange(await AskAsync(some));
        }

        Assert.Equal(cases.Length, answers.Count);
        var differences = cases.Zip(answers, (one, theirs) => (one.p, Ours: Answer(one), Theirs: theirs.StartsWith('!') ? "!" : theirs))
            .Where(one => one.Ours != one.Theirs).Select(one => $"{JsonSerializer.Serialize(one.p)}: ours {one.Ours}, RE2's {one.Theirs}");
        Assert.Equal([], differences);

        // Neither side may agree by refusing, or by matching nothing.
        Assert.InRange(answers.Count(answer => answer.StartsWith('!')), cases.Length / 10, cases.Length / 2);
        Assert.InRange(answers.Sum(answer => answer.Count(bit => bit == '1')), cases.Length * TextsOfEach / 10, cases.Length * TextsOfEach / 2);
    }

    // Between the bytes of a character that is not ASCII RE2 finds \B, Go does not.
    private static Case Next(GeneratedExpressions generated)
    {
        var expression = generated.Expression();
        var isAscii = expression.Contains(@"\B", StringComparison.Ordinal);
        return new(expression, [.. Enumerable.Range(0, TextsOfEach).Select(_ => generated.Text(isAscii))]);
    }

    private static string Answer(Case one)
    {
        try
        {
            var expression = RegularExpression.Parse(one.p);
            return string.Concat(one.t.Select(text => expression.IsMatch(text) ? '1' : '0'));
        }
        catch (RegularExpressionException)
        {
            return "!";
        }
    }

    private static async Task<string[]> AskAsync(Case[] cases)
    {
        using var folder = new ScratchFolder();
        var file = Path.Combine(folder.Path, "cases");
        await File.WriteAllLinesAsync(file, cases.Select(one => JsonSerializer.Serialize(one)), TestContext.Current.CancellationToken);
        var result = (await NodePackages.RunAsync("re2.mjs", [file], s_deadline)).ExpectSuccess();
        return JsonSerializer.Deserialize<string[]>(result.Output)!;
    }

    /// <summary>An expression and texts, as the script reads them.</summary>
    private sealed record Case(string p, string[] t);
}
