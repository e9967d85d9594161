using System.Globalization;

namespace OrleansMcp.Records.Schemas;

/// <summary>The check of the values of one transaction: what it has cost, where it stands, and what did not fit.</summary>
/// <param name="steps">What it may cost. A step is about a hundred nanoseconds at most.</param>
internal sealed class SchemaRun(long steps)
{
    /// <summary>Problems that are told, at most.</summary>
    public const int MostProblems = 5;

    private const int MostDepth = 256;
    private const int CharactersOfStep = 8;

    private readonly List<string> _path = [];
    private readonly List<RecordProblem> _problems = [];
    private string _key = "";
    private long _left = steps;
    private int _depth;
    private int _silences;

    public IReadOnlyList<RecordProblem> Problems => _problems;

    /// <summary>Whether nothing is told at the moment, so that the first problem is enough.</summary>
    public bool IsQuiet => _silences > 0;

    /// <summary>The value of another record.</summary>
    public void Begin(string key)
    {
        (_key, _depth, _silences) = (key, 0, 0);
        _path.Clear();
    }

    /// <exception cref="SchemaCostException">It is too deep, or has cost too much.</exception>
    public void Enter()
    {
        Spend(1);
        if (++_depth > MostDepth)
        {
            throw new SchemaCostException();
        }
    }

    public void Leave() => _depth--;

    /// <exception cref="SchemaCostException">It has cost too much.</exception>
    public void Spend(long some)
    {
        if ((_left -= some) < 0)
        {
            throw new SchemaCostException();
        }
    }

    /// <summary>Pays for work that grows with a text.</summary>
    public void SpendOn(int characters) => Spend(1 + (characters / CharactersOfStep));

    public void Silence() => _silences++;

    public void Speak() => _silences--;

    /// <summary>A part of the value is judged.</summary>
    public bool Within(string name, SchemaNode node, System.Text.Json.JsonElement part)
    {
        _path.Add(name);
        var holds = node.Check(part, this);
        _path.RemoveAt(_path.Count - 1);
        return holds;
    }

    public bool Within(int index, SchemaNode node, System.Text.Json.JsonElement part) =>
        Within(IsQuiet ? "" : index.ToString(CultureInfo.InvariantCulture), node, part);

    /// <summary>Something does not fit here.</summary>
    public bool Fail(string problem)
    {
        if (!IsQuiet && _problems.Count < MostProblems)
        {
            var path = string.Concat(_path.Select(static name => "/" + name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)));
            _problems.Add(new RecordProblem(_key, path, problem));
        }

        return false;
    }

    /// <summary>The whole value is refused.</summary>
    public bool Refuse(string problem)
    {
        _path.Clear();
        _silences = 0;
        return Fail(problem);
    }
}

/// <summary>A check is given up.</summary>
internal sealed class SchemaCostException() : Exception("The check of a value takes too long.");
