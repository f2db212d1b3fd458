using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;

namespace Refresher.Core.Alerts.Channels;

/// <summary>What addresses, numbers and headers in settings must be.</summary>
internal static partial class ChannelAddresses
{
    public static bool IsHttp(string url) => Uri.TryCreate(url, UriKind.Absolute, out var parsed) && parsed.Scheme is "http" or "https" && parsed.Host.Length > 0;

    /// <summary>International form (ITU-T E.164): <c>+254711000000</c>.</summary>
    public static bool IsPhone(string number) => Phone().IsMatch(number);

    /// <summary>An address of RFC 5321 without what lets other headers in: ASCII, no spaces, no quotes.</summary>
    public static bool IsMailbox(string address) => Mailbox().IsMatch(address);

    public static IEnumerable<ValidationResult> HeaderErrors(IEnumerable<string> lines, string field) => lines
        .Where(line => !ChannelHttp.TryReadHeader(line, out _))
        .Select(line => new ValidationResult(field.Contains("Secret", StringComparison.Ordinal) ? "Not a header like 'Name: value' that may be set here." : $"'{line}' is not a header like 'Name: value' that may be set here.", [field]));

    [GeneratedRegex(@"^\+[1-9][0-9]{6,14}\z")]
    private static partial Regex Phone();

    [GeneratedRegex(@"^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9]([A-Za-z0-9.-]{0,250}[A-Za-z0-9])?\z")]
    private static partial Regex Mailbox();
}
