using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace Refresher.ServiceDefaults.Telemetry;

/// <summary>
/// One line a message, for people and for grep: <c>2026-03-04T05:06:07.089Z warn Refresher.Core.Runs.Loop: message trace=4bf9…</c>.
/// An exception follows on lines of its own, indented.
/// </summary>
internal sealed class LineFormatter(IOptionsMonitor<ConsoleFormatterOptions> options) : ConsoleFormatter(FormatterName)
{
    internal const string FormatterName = "line";

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var message = logEntry.Formatter(logEntry.State, logEntry.Exception);

        // The host's clock and not the cluster's: that one needs a logger itself, and a line is read beside other lines of this machine.
#pragma warning disable RS0030
        textWriter.Write(DateTimeOffset.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
#pragma warning restore RS0030
        textWriter.Write(' ');
        textWriter.Write(Word(logEntry.LogLevel));
        textWriter.Write(' ');
        textWriter.Write(logEntry.Category);
        textWriter.Write(": ");
        textWriter.Write(Indented(message));

        if (Activity.Current is { } activity)
        {
            textWriter.Write(" trace=");
            textWriter.Write(activity.TraceId.ToHexString());
        }

        if (options.Get(FormatterName).IncludeScopes)
        {
            scopeProvider?.ForEachScope(static (scope, writer) => writer.Write($" => {scope}"), textWriter);
        }

        textWriter.WriteLine();
        if (logEntry.Exception is { } exception)
        {
            textWriter.Write("    ");
            textWriter.WriteLine(Indented(exception.ToString()));
        }
    }

    /// <summary>Only what a message brings in line breaks is indented, so a forged line does not look like one of ours.</summary>
    private static string Indented(string text) => text.ReplaceLineEndings("\n    ");

    private static string Word(LogLevel level) => level switch
    {
        LogLevel.Trace => "trce",
        LogLevel.Debug => "dbug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "fail",
        _ => "crit",
    };
}
