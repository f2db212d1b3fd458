using System.Text;

namespace Refresher.AppHost;

/// <summary>What the user is told when all is healthy: the addresses, how to log in and, over SSH, how to get there.</summary>
internal static class Welcome
{
    /// <summary>Speaks to the terminal; detached, to the file <c>ready</c>, which <c>./refresher</c> shows and removes, because a log may not hold a password.</summary>
    public static async Task SayAsync(LocalRun local, FirstLogin login, IReadOnlyCollection<ProjectResource> projects, IEnumerable<string> more, CancellationToken cancel)
    {
        string Url(string project) => projects.Single(p => p.Name == project).GetEndpoint("http").Url;
        var text = new StringBuilder()
            .AppendLine()
            .AppendLine("Refresher is running.")
            .AppendLine($"  Web   {Url("web")}   user: admin   password: {await login.AdminPassword.Resource.GetValueAsync(cancel)}")
            .AppendLine($"  Api   {Url("api")}   key: {await login.ApiKey.Resource.GetValueAsync(cancel)}")
            .AppendJoin("", more.Select(line => $"  {line}{Environment.NewLine}"))
            .AppendLine($"  Logins are kept in {Path.Combine(local.State, "credentials.json")}, logs in {Path.Combine(local.State, "logs")}. To stop: {(local.Detach ? "./refresher down" : "Ctrl-C")}");
        if (Environment.GetEnvironmentVariable("SSH_CONNECTION")?.Split(' ') is [_, _, var host, ..])
        {
            var (web, api) = (new Uri(Url("web")).Port, new Uri(Url("api")).Port);
            text.AppendLine($"  From your machine: ssh -L {web}:localhost:{web} -L {api}:localhost:{api} {Environment.UserName}@{host}");
        }

        if (local.Detach)
        {
            var ready = Path.Combine(local.State, "ready");
            PrivateFile.Write(ready, text.ToString());
        }
        else
        {
            await Console.Out.WriteAsync(text, cancel);
        }
    }
}
