using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.RegularExpressions;
using Refresher.Core.Http;
using Refresher.Tasks.SiteMonitor.Probing.Conditions;

namespace Refresher.Tasks.SiteMonitor.Probing.Http;

/// <summary>Judges an answer: its status, its size, and what its body says. The first reason that it is not as expected is the one told.</summary>
internal sealed class AnswerConditions(BodyPatterns patterns)
{
    private readonly ConcurrentDictionary<string, StatusCodeSet> _codes = new(StringComparer.Ordinal);

    /// <exception cref="CheckFailedException">The body is too large, or does not come whole, and the status was as expected.</exception>
    public async ValueTask JudgeAsync(HttpCheck check, HttpHead head, Stream stream, Look look, CancellationToken cancel)
    {
        if (!Codes(check.StatusCodes).Contains(head.Status))
        {
            look.Fail(CheckFault.Status, $"status {head.Status}{(head.Reason.Length > 0 ? " " + head.Reason : "")}, expected {check.StatusCodes}");
        }

        var needed = check.MustMatch is not null || check.MustNotMatch is not null || check.JsonCondition is not null;
        using var body = new HttpBody(head.Charset);
        var judged = false;
        try
        {
            await body.ReadAsync(stream, head, needed ? check.MaxBytes : Math.Min(PlainText.KeptBytes, check.MaxBytes), check.MaxBytes, look, cancel);
            if (needed)
            {
                look.Stage = LookStage.Judging;
                Judge(check, body, look);
            }

            judged = true;
        }
        finally
        {
            if ((!judged || look.HasFailed) && body.Bytes.Length > 0)
            {
                look.Body = body.Beginning();
            }
        }
    }

    private void Judge(HttpCheck check, HttpBody body, Look look)
    {
        if (check.MustMatch is { } must)
        {
            look.Matched = Matches(must, body, look);
            if (look.Matched == false)
            {
                look.Fail(CheckFault.Content, $"the body does not match {must}");
            }
        }

        if (check.MustNotMatch is { } mustNot && Matches(mustNot, body, look) == true)
        {
            look.Fail(CheckFault.Content, $"the body matches {mustNot}, which it must not");
        }

        if (check.JsonCondition is { } condition && ComplaintOf(condition, body) is { } complaint)
        {
            look.Fail(CheckFault.Content, complaint);
        }
    }

    /// <returns>Null when it took too long to tell, which is a failure of its own.</returns>
    private bool? Matches(string pattern, HttpBody body, Look look)
    {
        var regex = patterns.Of(pattern);
        try
        {
            return body.Look(text => regex.IsMatch(text));
        }
        catch (RegexMatchTimeoutException)
        {
            look.Fail(CheckFault.Content, $"to match {pattern} took longer than {PlainText.Of(BodyPatterns.LongestMatch)}");
            return null;
        }
    }

    private static string? ComplaintOf(string text, HttpBody body)
    {
        if (!JsonCondition.TryParse(text, out var condition, out var fault))
        {
            return fault;
        }

        try
        {
            using var document = JsonDocument.Parse(body.Utf8());
            return condition.Complaint(document.RootElement);
        }
        catch (JsonException)
        {
            return body.Bytes.Length == 0 ? "the body is empty, JSON was expected" : $"the body is not JSON: it begins with {PlainText.Quote(body.Bytes.Span)}";
        }
    }

    private StatusCodeSet Codes(string text)
    {
        if (_codes.TryGetValue(text, out var codes))
        {
            return codes;
        }

        // The sets in use are few; whoever makes up new ones without end does not fill the memory with them.
        if (_codes.Count > 1000)
        {
            _codes.Clear();
        }

        return _codes.GetOrAdd(text, StatusCodeSet.TryParse(text, out codes) ? codes : throw new ArgumentException($"'{text}' is no set of status codes.", nameof(text)));
    }
}
