using System.Text;
using System.Text.RegularExpressions;

namespace Refresher.Core.Schedules.Crontab;

/// <summary>What one line of a crontab is.</summary>
internal abstract partial record CrontabLine
{
    /// <summary>A time and what stands behind it; <paramref name="Rest"/> is empty when nothing does.</summary>
    public sealed record Job(string Cron, string Rest) : CrontabLine;

    public sealed record Variable(string Name, string Value) : CrontabLine;

    public sealed record Comment(string Text) : CrontabLine;

    public sealed record Blank : CrontabLine;

    public static CrontabLine Parse(string line)
    {
        string text = line.Trim(' ', '\t');
        if (text.Length == 0)
        {
            return new Blank();
        }

        if (text[0] == '#')
        {
            return new Comment(text.TrimStart('#').Trim());
        }

        Match variable = VariableLine().Match(text);
        return variable.Success
            ? new Variable(Unquoted(variable.Groups["name"].Value), Unquoted(variable.Groups["value"].Value))
            : JobOf(text);
    }

    public static string FirstWord(string text, out string rest)
    {
        int end = text.AsSpan().IndexOfAny(' ', '\t');
        rest = end < 0 ? "" : text[end..].TrimStart(' ', '\t');
        return end < 0 ? text : text[..end];
    }

    public static bool IsUser(string word) => UserName().IsMatch(word);

    /// <summary>An unescaped % ends the command; what follows is its input, in which each further one is a new line.</summary>
    public static (string Command, string? Input) SplitInput(string rest)
    {
        StringBuilder command = new(), input = new();
        bool inInput = false;
        for (int i = 0; i < rest.Length; i++)
        {
            StringBuilder target = inInput ? input : command;
            if (rest[i] == '\\' && i + 1 < rest.Length && rest[i + 1] == '%')
            {
                target.Append('%');
                i++;
            }
            else if (rest[i] == '%')
            {
                _ = inInput ? input.Append('\n') : input;
                inInput = true;
            }
            else
            {
                target.Append(rest[i]);
            }
        }

        return (command.ToString().Trim(' ', '\t'), inInput ? input.ToString() : null);
    }

    private static Job JobOf(string text)
    {
        int fields = text[0] == '@' ? 1 : 5;
        List<string> time = [];
        string rest = text;
        while (time.Count < fields && rest.Length > 0)
        {
            time.Add(FirstWord(rest, out rest));
        }

        // A minus before the minute keeps the run out of the system's log (cronie).
        time[0] = time[0].Length > 1 && time[0][0] == '-' ? time[0][1..] : time[0];
        return new Job(string.Join(' ', time), rest);
    }

    private static string Unquoted(string text)
    {
        string trimmed = text.Trim(' ', '\t');
        return trimmed.Length >= 2 && trimmed[0] is '"' or '\'' && trimmed[^1] == trimmed[0] ? trimmed[1..^1] : trimmed;
    }

    [GeneratedRegex("""^(?<name>[A-Za-z_][A-Za-z0-9_]*|"[A-Za-z_][A-Za-z0-9_]*"|'[A-Za-z_][A-Za-z0-9_]*')[ \t]*=(?<value>.*)$""")]
    private static partial Regex VariableLine();

    [GeneratedRegex("^[a-z_][a-z0-9_-]*(:[a-z0-9_-]+)?(/[a-z0-9_-]+)?$")]
    private static partial Regex UserName();
}
