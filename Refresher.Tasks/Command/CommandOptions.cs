using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text;
using Refresher.Core.Contract;

namespace Refresher.Tasks.Command;

/// <summary>A program, what it is given, and which exit codes mean success. No shell is involved.</summary>
public sealed record CommandOptions : IValidatableObject
{
    /// <summary>What a pipe takes at once (pipe(7)): the input is handed over whole before the program reads it.</summary>
    public const int MaxInputBytes = 64 * 1024;

    [Description("The program: a full path, or a name to be found in the worker's PATH.")]
    [Required]
    [StringLength(1000)]
    public string Program { get; init; } = "";

    [Description("Its arguments, a line each. They are passed as they are: no shell, no expansion.")]
    [MaxLength(200)]
    public IReadOnlyList<string> Arguments { get; init; } = [];

    [Description("Folder to start in; empty: the worker's temporary folder.")]
    [StringLength(1000)]
    public string? WorkingDirectory { get; init; }

    [Description("Environment variables, a line each: NAME=value. Nothing of the worker's own environment is passed but PATH, HOME and the like.")]
    [MaxLength(100)]
    public IReadOnlyList<string> Environment { get; init; } = [];

    [Description("More variables, a line each, kept secret: their values are masked in the output.")]
    [StringLength(16 * 1024)]
    [Secret]
    public string? SecretEnvironment { get; init; }

    [Description("Text for the program's standard input; empty: none. At most 64 KiB.")]
    [StringLength(MaxInputBytes)]
    public string? Input { get; init; }

    [Description("Exit codes that count as success: 0, 3.")]
    [Required]
    [RegularExpression(@"\s*\d{1,3}(\s*,\s*\d{1,3})*\s*", ErrorMessage = "Exit codes separated by commas are needed: 0, 3.")]
    public string SuccessExitCodes { get; init; } = "0";

    internal bool IsSuccess(int exitCode) =>
        SuccessExitCodes.Split(',').Any(code => int.Parse(code, CultureInfo.InvariantCulture) == exitCode);

    /// <summary>The variables in the order written, the secret ones last.</summary>
    internal IEnumerable<(string Name, string Value, bool Secret)> Variables() =>
        Environment.Select(line => (line, false))
            .Concat((SecretEnvironment ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(line => (line, true)))
            .Select(variable => (variable.line.Split('=')[0], variable.line[(variable.line.IndexOf('=', StringComparison.Ordinal) + 1)..], variable.Item2));

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Program.Contains('/', StringComparison.Ordinal) && !Path.IsPathRooted(Program))
        {
            yield return new ValidationResult("A full path or a bare name is needed.", [nameof(Program)]);
        }

        if (!string.IsNullOrEmpty(WorkingDirectory) && !Path.IsPathRooted(WorkingDirectory))
        {
            yield return new ValidationResult("A full path is needed.", [nameof(WorkingDirectory)]);
        }

        foreach (var line in Environment.Where(line => !IsVariable(line)))
        {
            yield return new ValidationResult($"'{line.Split('=')[0]}' is not a variable like NAME=value that may be set.", [nameof(Environment)]);
        }

        if ((SecretEnvironment ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Any(line => !IsVariable(line)))
        {
            yield return new ValidationResult("Each line must be like NAME=value.", [nameof(SecretEnvironment)]);
        }

        if (Encoding.UTF8.GetByteCount(Input ?? "") > MaxInputBytes)
        {
            yield return new ValidationResult("At most 64 KiB.", [nameof(Input)]);
        }

        if (Arguments.Append(Program).Append(WorkingDirectory ?? "").Any(text => text.Contains('\0', StringComparison.Ordinal)))
        {
            yield return new ValidationResult("A null character cannot be passed to a program.", [nameof(Arguments)]);
        }
    }

    private static bool IsVariable(string line)
    {
        var name = line.Split('=')[0];
        return line.Contains('=', StringComparison.Ordinal)
            && !line.Contains('\0', StringComparison.Ordinal)
            && name.Length > 0
            && !char.IsAsciiDigit(name[0])
            && name.All(character => char.IsAsciiLetterOrDigit(character) || character == '_')
            && !name.StartsWith(CommandEnvironment.Prefix, StringComparison.Ordinal);
    }
}
