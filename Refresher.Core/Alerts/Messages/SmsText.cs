using System.Buffers;
using System.Globalization;
using System.Text;

namespace Refresher.Core.Alerts.Messages;

/// <summary>
/// A message in the room of a text message: 160 characters of the GSM alphabet (3GPP TS 23.038, 6.2.1) where that can be had by shortening
/// the reason, otherwise at most three parts. Texts that the alphabet cannot write have 70 characters and parts of 67.
/// </summary>
internal static class SmsText
{
    public const int MostParts = 3;

    private const int LeastReason = 24;

    // Without the ten signs that take two places (^ { } \ [ ~ ] | and the euro), which are counted as such below.
    private static readonly SearchValues<char> Gsm = SearchValues.Create(
        "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà");

    private const string TwoPlaces = "^{}\\[~]|€";

    public static string Of(AlertMessage message, string? link)
    {
        var reason = Plain(message.Reason ?? "");
        var (title, rest) = (Plain(message.Title), Plain(Rest(message, link)));
        var gsm = IsGsm(title + reason + rest);
        var (one, part) = gsm ? (160, 153) : (70, 67);
        var whole = Join(title, reason, rest);
        if (Places(whole, gsm) <= one)
        {
            return whole;
        }

        // What has to be said takes its room first; a reason that would be cut to nothing gets a second and a third part instead.
        var needed = Places(Join(title, "", rest), gsm);
        var room = one - needed - 2 >= LeastReason ? one : MostParts * part;
        return Cut(Join(title, Cut(reason, Math.Max(0, room - needed - 2), gsm), rest), MostParts * part, gsm);
    }

    /// <summary>True when every character is in the GSM alphabet or its extension.</summary>
    public static bool IsGsm(string text) => text.All(c => Gsm.Contains(c) || TwoPlaces.Contains(c, StringComparison.Ordinal));

    /// <summary>Places that a text takes: of a character outside the basic alphabet two in GSM, of one outside the basic plane two in UCS-2.</summary>
    public static int Places(string text, bool gsm) => gsm ? text.Sum(c => TwoPlaces.Contains(c, StringComparison.Ordinal) ? 2 : 1) : text.Length;

    private static string Rest(AlertMessage message, string? link)
    {
        var span = message switch
        {
            { Notice: NoticeKind.Over, Lasted: { } lasted } => $"after {MessageText.Of(lasted)}",
            { Notice: NoticeKind.Reminder, Lasted: { } lasted } => $"still, for {MessageText.Of(lasted)}",
            { Since: { } since } => since.UtcDateTime.ToString("'since' HH:mm 'UTC'", CultureInfo.InvariantCulture),
            _ => "",
        };
        return link is null ? span : span.Length == 0 ? link : $"{span} {link}";
    }

    private static string Join(string title, string reason, string rest)
    {
        var text = reason.Length == 0 ? title : $"{title}: {reason}";
        return rest.Length == 0 ? text : text.EndsWith('.') ? $"{text} {rest}" : $"{text}. {rest}";
    }

    private static string Cut(string text, int places, bool gsm)
    {
        if (Places(text, gsm) <= places)
        {
            return text;
        }

        var length = text.Length;
        while (length > 0 && Places(text[..length], gsm) > places - 3)
        {
            length--;
        }

        length -= length > 0 && char.IsHighSurrogate(text[length - 1]) ? 1 : 0;
        return places < 3 ? "" : text[..length].TrimEnd() + "...";
    }

    /// <summary>What can be written in the alphabet is: typographic signs become plain ones, other accents are left off.</summary>
    private static string Plain(string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (var c in text.ReplaceLineEndings(" "))
        {
            plain.Append(c switch
            {
                '…' => "...",
                '–' or '—' or '‑' => "-",
                '“' or '”' or '„' or '«' or '»' => "\"",
                '‘' or '’' or '‚' or '`' => "'",
                '\t' or '\u00A0' => " ",
                _ when Gsm.Contains(c) || TwoPlaces.Contains(c, StringComparison.Ordinal) || char.IsSurrogate(c) => c.ToString(),
                _ when char.IsControl(c) => "",
                _ => WithoutAccent(c),
            });
        }

        return plain.ToString().Trim();
    }

    // Invariant globalization knows no decomposition, so that the accents of Latin letters stand here.
    private static string WithoutAccent(char c) => "áâãāăąćčçďđêëēėęěíîïīįłńňóôõōőřśšşťţúûūůűýÿźżžÁÂÃĀĂĄĆČĎĐÈÊËĒĖĘĚÌÍÎÏĪĮŁŃŇÒÓÔÕŌŐŘŚŠŞŤŢÙÚÛŪŮŰÝŹŻŽ".IndexOf(c, StringComparison.Ordinal) is >= 0 and var place
        ? "aaaaaacccddeeeeeeiiiiilnnooooorsssttuuuuuyyzzzAAAAAACCDDEEEEEEEIIIIIILNNOOOOOORSSSTTUUUUUUYZZZ"[place].ToString()
        : c.ToString();
}
