using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace Refresher.Tasks.Command;

/// <summary>Decides whether a command may run on this machine, and says what to write down so that it may.</summary>
public sealed class CommandAllowList(IOptionsMonitor<CommandSettings> settings)
{
    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Whether an entry of <c>Command:Allow</c> fits, in this process's configuration as it is now.</summary>
    public bool Allows(CommandOptions options) => settings.CurrentValue.Allow.Any(entry => Fits(entry, options));

    /// <summary>The narrowest entries that let exactly these commands run, in the two ways to write them down.</summary>
    public AllowListEntries EntriesFor(IReadOnlyList<CommandOptions> commands)
    {
        AllowedCommand[] entries = [.. commands.Select(EntryFor).DistinctBy(entry => JsonSerializer.Serialize(entry, Readable))];
        var json = JsonSerializer.Serialize(new { Command = new { Allow = entries } }, Readable);
        return new AllowListEntries(json, string.Concat(entries.Select((entry, place) => Variables(entry, settings.CurrentValue.Allow.Count + place))));
    }

    private static AllowedCommand EntryFor(CommandOptions options) => new()
    {
        Program = ProgramPath.Find(options.Program) ?? options.Program,
        Arguments = [.. options.Arguments.Select(Escape)],
        Environment = [.. options.Variables().Select(variable => variable.Name)],
        WorkingDirectory = Folder(options.WorkingDirectory),
    };

    private static bool Fits(AllowedCommand entry, CommandOptions options) =>
        ProgramPath.Find(entry.Program) is { } allowed
        && allowed == ProgramPath.Find(options.Program)
        && (Folder(entry.WorkingDirectory) is not { } folder || folder == Folder(options.WorkingDirectory))
        && options.Variables().All(variable => entry.Environment.Contains(variable.Name, StringComparer.Ordinal))
        && (entry.Arguments is null || Fit(entry.Arguments, options.Arguments));

    private static bool Fit(string[] patterns, IReadOnlyList<string> arguments)
    {
        var open = patterns.Length > 0 && patterns[^1] == "**";
        var fixedCount = open ? patterns.Length - 1 : patterns.Length;
        return (open ? arguments.Count >= fixedCount : arguments.Count == fixedCount)
            && patterns.Take(fixedCount).Zip(arguments).All(pair => Pattern(pair.First).IsMatch(pair.Second));
    }

    private static Regex Pattern(string glob)
    {
        var regex = new StringBuilder(@"\A");
        for (var index = 0; index < glob.Length; index++)
        {
            var escaped = glob[index] == '\\' && index + 1 < glob.Length;
            regex.Append(!escaped && glob[index] == '*' ? ".*" : Regex.Escape(glob[escaped ? ++index : index].ToString()));
        }

        return new Regex(regex.Append(@"\z").ToString(), RegexOptions.Singleline | RegexOptions.NonBacktracking);
    }

    private static string Escape(string argument) =>
        argument.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("*", @"\*", StringComparison.Ordinal);

    /// <summary>Without <c>..</c> and slashes at the end; null for none.</summary>
    private static string? Folder(string? path) => string.IsNullOrEmpty(path) ? null : Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));

    private static string Variables(AllowedCommand entry, int index)
    {
        var lines = new StringBuilder();
        void Line(string name, string value) =>
            lines.Append($"Command__Allow__{index}__{name}='{value.Replace("'", @"'\''", StringComparison.Ordinal)}'\n");

        Line(nameof(entry.Program), entry.Program);
        for (var argument = 0; argument < entry.Arguments!.Length; argument++)
        {
            Line($"{nameof(entry.Arguments)}__{argument}", entry.Arguments[argument]);
        }

        if (entry.Arguments.Length == 0)
        {
            Line(nameof(entry.Arguments), "");
        }

        for (var variable = 0; variable < entry.Environment.Count; variable++)
        {
            Line($"{nameof(entry.Environment)}__{variable}", entry.Environment[variable]);
        }

        if (entry.WorkingDirectory is { } folder)
        {
            Line(nameof(entry.WorkingDirectory), folder);
        }

        return lines.ToString();
    }
}

/// <summary>Entries of <c>Command:Allow</c> to be copied.</summary>
/// <param name="Json">For a settings file (<c>appsettings.json</c>).</param>
/// <param name="Variables">As environment variables of the worker, a line each, quoted for a shell.</param>
public sealed record AllowListEntries(string Json, string Variables);
