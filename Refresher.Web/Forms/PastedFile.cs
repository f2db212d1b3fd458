using System.Text;
using Refresher.Core;
using Refresher.Core.Schedules.Files;

namespace Refresher.Web.Forms;

/// <summary>A file that a person chose, or its text that they pasted; the file goes before the text.</summary>
public sealed record PastedFile(string Text, ScheduleFileFormat Format)
{
    /// <summary>Bytes of a form with a file: more goes by the Api.</summary>
    public const int MostBytes = 8 * 1024 * 1024;

    /// <summary>Reads the fields <c>file</c> and <c>text</c>.</summary>
    public static async Task<PastedFile> ReadAsync(IFormCollection form, FieldErrors errors, CancellationToken cancel)
    {
        var text = form["text"].ToString().ReplaceLineEndings("\n");
        if (form.Files["file"] is { Length: > 0 } file)
        {
            try
            {
                using var reader = new StreamReader(file.OpenReadStream(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
                text = await reader.ReadToEndAsync(cancel);
            }
            catch (DecoderFallbackException)
            {
                errors.Add("", "The file is not UTF-8 text.");
            }
        }

        if (errors.Count == 0 && string.IsNullOrWhiteSpace(text))
        {
            errors.Add("", "Choose a file, or paste its text.");
        }

        return new(text, text.AsSpan().TrimStart().StartsWith("{") ? ScheduleFileFormat.Json : ScheduleFileFormat.Yaml);
    }
}
