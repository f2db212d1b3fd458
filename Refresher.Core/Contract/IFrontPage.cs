namespace Refresher.Core.Contract;

/// <summary>What somebody who is not logged in finds at the front of Web in place of the login. A kind that has such a page registers it.</summary>
public interface IFrontPage
{
    /// <summary>The page's path, <c>/status</c>; null while it is not published. Cheap: asked for each such visit.</summary>
    ValueTask<string?> FindAsync(CancellationToken cancel);
}
