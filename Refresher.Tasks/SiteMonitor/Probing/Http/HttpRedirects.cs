namespace Refresher.Tasks.SiteMonitor.Probing.Http;

/// <summary>The way of one look from address to address (RFC 9110, 15.4).</summary>
internal sealed class HttpRedirects(Uri first, HttpCheck check)
{
    private readonly Uri _first = first;
    private HashSet<(string Method, Uri Url)>? _seen;
    private int _followed;

    public Uri Url { get; private set; } = first;

    public string Method { get; private set; } = check.Method;

    /// <summary>Whether what is asked now has the scheme, host and port of the first request.</summary>
    public bool SameOrigin => _followed == 0 || (Url.Scheme == _first.Scheme && Url.IdnHost == _first.IdnHost && Url.Port == _first.Port);

    /// <summary>Moves on to where an answer leads.</summary>
    /// <returns>False when it is no redirect, or redirects are answers: it is the answer to judge.</returns>
    /// <exception cref="CheckFailedException">It leads in a circle, too far, or where no check goes.</exception>
    public bool Follow(HttpHead head)
    {
        if (check.MaxRedirects == 0 || !head.IsRedirect)
        {
            return false;
        }

        if (!Uri.TryCreate(Url, head.Location, out var next) || next.Scheme is not ("http" or "https"))
        {
            throw new CheckFailedException(CheckFault.Redirects, $"a redirect leads to what is no web address: {PlainText.Cut(head.Location!, 200)}");
        }

        if (Url.Scheme == "https" && next.Scheme == "http")
        {
            throw new CheckFailedException(CheckFault.Redirects, $"a redirect leads from https to http: {PlainText.Cut(next.AbsoluteUri, 200)}");
        }

        _seen ??= [];
        _seen.Add((Method, Url));
        Method = MethodAfter(head.Status, Method);
        if (!_seen.Add((Method, next)))
        {
            throw new CheckFailedException(CheckFault.Redirects, $"the redirects lead in a circle, back to {PlainText.Cut(next.AbsoluteUri, 200)}");
        }

        Url = ++_followed <= check.MaxRedirects
            ? next
            : throw new CheckFailedException(CheckFault.Redirects, $"more than {check.MaxRedirects} redirects; the next leads to {PlainText.Cut(next.AbsoluteUri, 200)}");
        return true;
    }

    /// <summary>A POST that was moved becomes a GET; "see other" is always got; the rest is repeated as it was.</summary>
    private static string MethodAfter(int status, string method) => status switch
    {
        301 or 302 when method == "POST" => "GET",
        303 when method != "HEAD" => "GET",
        _ => method,
    };
}
