using System.Globalization;
using System.Text;
using Refresher.Core.Alerts.Messages;

namespace Refresher.Core.Alerts.Channels.Email;

/// <summary>An email as it goes over the wire (RFC 5322, RFC 2045): a plain text and the same in HTML, both in Base64 of UTF-8.</summary>
internal static class MailText
{
    public static byte[] Write(EmailSettings settings, Dispatch dispatch)
    {
        var message = dispatch.Message;
        var (domain, boundary) = (settings.From[(settings.From.IndexOf('@', StringComparison.Ordinal) + 1)..], $"=_{dispatch.Id:N}");
        var text = new StringBuilder();
        Line($"From: Refresher <{settings.From}>");
        Line($"To: {string.Join(",\r\n ", settings.To)}");
        Line($"Subject: {Encoded(message.Title)}");
        Line($"Date: {dispatch.Now.UtcDateTime.ToString("ddd, dd MMM yyyy HH:mm:ss", CultureInfo.InvariantCulture)} +0000");

        // The same at each attempt: a program that gets it twice can tell. What belongs together refers to one id, and is shown together.
        Line($"Message-ID: <{dispatch.Id}@{domain}>");
        Line($"References: <{ThreadId(dispatch.Thread)}@{domain}>");
        Line("Auto-Submitted: auto-generated");
        Line("MIME-Version: 1.0");
        Line($"Content-Type: multipart/alternative; boundary=\"{boundary}\"");
        Line("");
        Part("text/plain", $"{message.Title}\n\n{MessageText.Body(message, dispatch.Link)}\n\n{MessageHtml.Foot(message)}\n");
        Part("text/html", MessageHtml.Of(message, dispatch.Link));
        Line($"--{boundary}--");
        return Encoding.ASCII.GetBytes(text.ToString());

        void Line(string line) => text.Append(line).Append("\r\n");

        void Part(string type, string content)
        {
            Line($"--{boundary}");
            Line($"Content-Type: {type}; charset=utf-8");
            Line("Content-Transfer-Encoding: base64");
            Line("");
            foreach (var line in Convert.ToBase64String(Encoding.UTF8.GetBytes(content)).Chunk(76))
            {
                Line(new string(line));
            }
        }
    }

    private static string ThreadId(string thread) => "thread." + new string([.. thread.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' ? c : '.')]);

    /// <summary>A header's text in encoded words of at most 75 characters (RFC 2047): nothing in it can end the header.</summary>
    private static string Encoded(string text)
    {
        if (text.Length <= 60 && text.All(c => c is >= ' ' and <= '~') && !text.Contains("=?", StringComparison.Ordinal))
        {
            return text;
        }

        var (words, word) = (new List<string>(), new StringBuilder());
        foreach (var rune in text.ReplaceLineEndings(" ").EnumerateRunes())
        {
            // 45 bytes become 60 characters of Base64.
            if (Encoding.UTF8.GetByteCount(word.ToString()) + rune.Utf8SequenceLength > 45)
            {
                words.Add(word.ToString());
                word.Clear();
            }

            word.Append(rune.ToString());
        }

        words.Add(word.ToString());
        return string.Join("\r\n ", words.Select(part => $"=?utf-8?B?{Convert.ToBase64String(Encoding.UTF8.GetBytes(part))}?="));
    }
}
