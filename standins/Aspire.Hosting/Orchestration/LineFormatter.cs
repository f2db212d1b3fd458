// Stand-in for Aspire.Hosting: what the AppHost itself says, in the form of its services' lines.
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Aspire.Hosting.Orchestration;

/// <summary>One line a message: who speaks, how grave it is where it is, what is said.</summary>
internal sealed class LineFormatter() : ConsoleFormatter("line")
{
    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var grave = logEntry.LogLevel switch
        {
            LogLevel.Warning => "warning: ",
            LogLevel.Error => "error: ",
            LogLevel.Critical => "FAILED: ",
            _ => "",
        };
        textWriter.WriteLine($"{"AppHost",-12} | {grave}{logEntry.Formatter(logEntry.State, logEntry.Exception)}");
        if (logEntry.Exception is { } e)
        {
            textWriter.WriteLine(e);
        }
    }
}
