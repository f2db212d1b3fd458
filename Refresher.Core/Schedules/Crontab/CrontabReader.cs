using System.Globalization;
using System.Text.RegularExpressions;
using Refresher.Core.Schedules.Cadences;

namespace Refresher.Core.Schedules.Crontab;

/// <summary>Goes through a crontab with the variables set so far.</summary>
internal sealed partial class CrontabReader(CrontabForm form, string? timeZone)
{
    private const int LongestLine = 4096, LongestName = 100, LongestKey = 60;

    private readonly List<CrontabEntry> _entries = [];
    private readonly List<CrontabNote> _refused = [], _notes = [];
    private readonly HashSet<string> _keys = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _environment = new(StringComparer.Ordinal);
    private string? _zone = timeZone;
    private string _shell = "/bin/sh";
    private TimeSpan _jitter;
    private string? _comment;

    public IReadOnlyList<CrontabEntry> Entries => _entries;

    public IReadOnlyList<CrontabNote> Refused => _refused;

    public IReadOnlyList<CrontabNote> Notes => _notes;

    public void Refuse(int number, string line, string reason) => _refused.Add(new CrontabNote(number, Short(line), reason));

    public void Read(int number, string line)
    {
        string? comment = _comment;
        _comment = null;
        if (line.Length > LongestLine)
        {
            Refuse(number, line, $"the line has {line.Length} characters; at most {LongestLine} are read.");
            return;
        }

        switch (CrontabLine.Parse(line))
        {
            case CrontabLine.Comment said:
                _comment = said.Text.Length == 0 || TableHead().IsMatch(said.Text) ? null : said.Text;
                break;
            case CrontabLine.Variable variable:
                Set(number, line, variable.Name, variable.Value);
                break;
            case CrontabLine.Job job:
                Add(number, line, job, comment);
                break;
        }
    }

    private void Set(int number, string line, string name, string value)
    {
        switch (name)
        {
            case "CRON_TZ":
                _zone = value;
                if (!TimeZones.TryFind(value, out _))
                {
                    Refuse(number, line, TimeZones.WhatIsRight(value));
                }

                break;
            case "SHELL":
                _shell = value;
                break;
            case "RANDOM_DELAY":
                bool minutes = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int delay) && delay <= 1440;
                _jitter = minutes ? TimeSpan.FromMinutes(delay) : _jitter;
                if (!minutes)
                {
                    Refuse(number, line, "RANDOM_DELAY must be a number of minutes up to 1440.");
                }

                break;
            case "MAILTO" or "MAILFROM" or "CONTENT_TYPE" or "CONTENT_TRANSFER_ENCODING":
                Note(number, line, $"{name} is not taken over: output is kept with each run, and alert rules say who is told.");
                break;
            case "LOGNAME" or "USER":
                Note(number, line, $"{name} is not taken over: commands run as the worker's user.");
                break;
            default:
                if (name == "TZ")
                {
                    Note(number, line, "TZ is passed to the commands but does not move their times; CRON_TZ does.");
                }

                _environment[name] = value;
                break;
        }
    }

    private void Add(int number, string line, CrontabLine.Job job, string? comment)
    {
        CronCadence cadence = new(job.Cron, _zone);
        string rest = job.Rest;
        string? user = form == CrontabForm.System && rest.Length > 0 ? CrontabLine.FirstWord(rest, out rest) : null;
        (string command, string? input) = CrontabLine.SplitInput(rest);
        string? wrong = job.Cron.Contains('~', StringComparison.Ordinal)
            ? "random times (~) are not known; give a fixed time, and jitter on the schedule."
            : cadence.Validate() is [CadenceError error, ..] ? error.Message
            : user is not null && !CrontabLine.IsUser(user) ? $"'{Short(user)}' is not a user name; in the system form one stands before the command."
            : command.Length == 0 ? "there is no command."
            : null;
        if (wrong is not null)
        {
            Refuse(number, line, wrong);
            return;
        }

        if (user is not null)
        {
            Note(number, line, $"ran as {user}; it will run as the worker's user.");
        }

        _entries.Add(new CrontabEntry(
            number, line, KeyOf(command), Short(command, LongestName), comment, cadence, CadenceDescription.Describe(cadence), _jitter, user,
            _shell, ["-c", command], [.. _environment.Select(variable => $"{variable.Key}={variable.Value}")], input));
    }

    /// <summary>From the last part of the first word that is neither an assignment nor a mere starter of another program.</summary>
    private string KeyOf(string command)
    {
        string[] words = command.Split([' ', '\t', ';', '&', '|', '(', ')'], StringSplitOptions.RemoveEmptyEntries);
        string program = words.FirstOrDefault(word => !word.Contains('=', StringComparison.Ordinal) && !Starter().IsMatch(word)) ?? "command";
        string slug = NotInKey().Replace(program[(program.TrimEnd('/').LastIndexOf('/') + 1)..].ToLowerInvariant(), "-").Trim('-');
        slug = slug.Length == 0 ? "command" : slug.Length > LongestKey ? slug[..LongestKey].Trim('-') : slug;
        string key = slug;
        for (int n = 2; !_keys.Add(key); n++)
        {
            key = string.Create(CultureInfo.InvariantCulture, $"{slug}-{n}");
        }

        return key;
    }

    private void Note(int number, string line, string reason) => _notes.Add(new CrontabNote(number, Short(line), reason));

    private static string Short(string text, int longest = 200) => text.Length <= longest ? text : text[..longest] + "…";

    [GeneratedRegex("^(m|min|minute)s?[ \t]+(h|hour)", RegexOptions.IgnoreCase)]
    private static partial Regex TableHead();

    [GeneratedRegex("^(.*/)?(sh|bash|dash|env|nice|ionice|nohup|sudo|timeout|flock|chronic|exec|test|cd|-.*|[0-9]+|\\[|!|command)$")]
    private static partial Regex Starter();

    [GeneratedRegex("[^a-z0-9]+")]
    private static partial Regex NotInKey();
}
