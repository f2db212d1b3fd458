using Refresher.Core.Schedules.Cadences;

namespace Refresher.Core.Schedules.Crontab;

/// <summary>Reads a pasted crontab and says, line by line, what it would become; creates nothing.</summary>
/// <remarks>
/// The syntax is that of crontab(5) of Debian's cron and of cronie: variables hold for the lines after them, an unescaped % begins the standard input,
/// <c>CRON_TZ</c> sets the zone and <c>RANDOM_DELAY</c> the jitter.
/// </remarks>
public static class CrontabImport
{
    /// <summary>Lines beyond these are refused in one go.</summary>
    public const int MostLines = 2000;

    /// <param name="text">The crontab.</param>
    /// <param name="form">Whether a user name stands before each command; null to find out (see <see cref="LooksLikeSystem"/>).</param>
    /// <param name="timeZone">The zone of the machine it comes from; <c>CRON_TZ</c> in the crontab goes before it. UTC when null.</param>
    public static CrontabPlan Read(string text, CrontabForm? form = null, string? timeZone = null)
    {
        CrontabForm read = form ?? (LooksLikeSystem(text) ? CrontabForm.System : CrontabForm.User);
        CrontabReader reader = new(read, timeZone);
        int number = 0;
        foreach (string line in Lines(text))
        {
            if (++number > MostLines)
            {
                reader.Refuse(number, line, $"only {MostLines} lines are read; paste the rest on its own.");
                break;
            }

            reader.Read(number, line);
        }

        return new CrontabPlan(read, reader.Entries, reader.Refused, reader.Notes);
    }

    /// <summary>True when every line with a time goes on with a bare name, one of which is root: no user's crontab runs a program of that name.</summary>
    public static bool LooksLikeSystem(string text)
    {
        List<string> names = [];
        foreach (string line in Lines(text).Take(MostLines))
        {
            if (CrontabLine.Parse(line) is CrontabLine.Job job)
            {
                names.Add(CrontabLine.FirstWord(job.Rest, out _));
            }
        }

        return names.Contains("root") && names.TrueForAll(CrontabLine.IsUser);
    }

    private static IEnumerable<string> Lines(string text) => text.Split('\n').Select(line => line.TrimEnd('\r'));
}

/// <summary>Whether a crontab belongs to a user, or is a system's with a user name before each command (/etc/crontab, /etc/cron.d).</summary>
public enum CrontabForm
{
    User,
    System,
}

/// <summary>What a crontab would become.</summary>
/// <param name="Notes">What cannot be taken over, each with the line it stands in.</param>
public sealed record CrontabPlan(
    CrontabForm Form, IReadOnlyList<CrontabEntry> Entries, IReadOnlyList<CrontabNote> Refused, IReadOnlyList<CrontabNote> Notes);

/// <summary>One line that would become a schedule of kind <c>command</c>, paused until somebody has looked at it.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Text">As it stands in the crontab.</param>
/// <param name="Key">Proposed, unique within the crontab.</param>
/// <param name="Name">Proposed: the command, cut after 100 characters.</param>
/// <param name="Comment">The comment directly above it.</param>
/// <param name="InWords">When it would run.</param>
/// <param name="Jitter">From RANDOM_DELAY; zero when there is none.</param>
/// <param name="User">Whom it ran as, in the system form. A worker runs it as the worker's own user.</param>
/// <param name="Program">The shell.</param>
/// <param name="Arguments"><c>-c</c> and the command.</param>
/// <param name="Environment">NAME=value, for the variables set above it.</param>
/// <param name="Input">What followed an unescaped %, for the standard input.</param>
public sealed record CrontabEntry(
    int Line,
    string Text,
    string Key,
    string Name,
    string? Comment,
    CronCadence Cadence,
    string InWords,
    TimeSpan Jitter,
    string? User,
    string Program,
    IReadOnlyList<string> Arguments,
    IReadOnlyList<string> Environment,
    string? Input);

/// <summary>A line and what is to be said about it.</summary>
public sealed record CrontabNote(int Line, string Text, string Reason);
