using System.Text.Json;

namespace Refresher.Bench.Peers;

/// <summary>The same work on Celery, and on Celery beat with django-celery-beat; after ours has ended, never beside it.</summary>
internal static class Celery
{
    private const string Missing = "  Celery is not measured: its Debian packages are not installed (python3-celery python3-django-celery-beat python3-redis python3-psycopg2).";

    private const string Failed = "  Celery is not measured: its script failed, see above.";

    /// <param name="runsPerSecond">What ours recorded.</param>
    public static async Task ThroughputAsync(int tasks, double runsPerSecond, Figures figures)
    {
        if (await MeasureAsync("throughput.py", tasks) is not { } measured)
        {
            return;
        }

        var perSecond = tasks / measured.GetProperty("drained").GetDouble();
        figures.Title($"Celery: {tasks:n0} no-op tasks, prefork with 2 processes, Redis as broker and result backend");
        figures.Say("celery tasks posted per second", tasks / measured.GetProperty("posted").GetDouble(), "tasks/s");
        figures.Say("celery tasks done per second", perSecond, "tasks/s", "from the first post to the last result");
        figures.Say("celery tasks succeeded", measured.GetProperty("succeeded").GetDouble(), "tasks");
        figures.Say("ratio", runsPerSecond / perSecond, "×", "our recorded runs a second to its tasks a second");
    }

    public static async Task LatenessAsync(int schedules, int perSecond, int seconds, Figures figures)
    {
        if (await MeasureAsync("lateness.py", schedules, perSecond, seconds) is not { } measured)
        {
            return;
        }

        figures.Title($"Celery beat with django-celery-beat: {schedules:n0} schedules, {perSecond:n0} due each second, no edits, {seconds} s");
        figures.Say("celery beat occurrences expected", measured.GetProperty("expected").GetDouble(), "tasks");
        figures.Say("celery beat occurrences begun", measured.GetProperty("begun").GetDouble(), "tasks", "5 s after the last one was due");
        Say("celery beat lateness p50", "p50", 1, "ms");
        Say("celery beat lateness p99", "p99", 1, "ms", "of those that had begun");
        Say("celery beat lateness max", "max", 1, "ms");
        Say("celery beat edits seen within a minute", "editsSeen", 1, "edits", $"of {measured.GetProperty("edits").GetInt32()}, one at a time, due at once");
        Say("celery beat edit to its run p50", "editP50", 1000, "ms", "of those seen");
        Say("celery beat edit to its run max", "editMax", 1000, "ms");

        void Say(string name, string property, double factor, string unit, string note = "")
        {
            if (measured.GetProperty(property) is { ValueKind: JsonValueKind.Number } value)
            {
                figures.Say(name, factor * value.GetDouble(), unit, note);
            }
        }
    }

    private static async Task<JsonElement?> MeasureAsync(string script, params int[] arguments)
    {
        if (!await PeerScript.CanRunAsync())
        {
            await Console.Error.WriteLineAsync(Missing);
            return null;
        }

        var measured = await PeerScript.RunAsync(script, arguments);
        if (measured is null)
        {
            await Console.Error.WriteLineAsync(Failed);
        }

        return measured;
    }
}
