using Refresher.Core;
using Refresher.Core.Execution;
using Refresher.ServiceDefaults;
using Refresher.Tasks;
using Refresher.Web.Access;
using Refresher.Web.Actions;
using Refresher.Web.Hosting;
using Refresher.Web.Live;

if (HealthQuestion.IsAsked(args))
{
    return await HealthQuestion.AskAsync();
}

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddRefresherData(TaskCatalog.Kinds, maxPoolSize: 20);
builder.AddNode("web");
builder.AddAccess().AddPages();

var app = builder.Build();
if (args is ["reset-admin", ..])
{
    return await ResetAdmin.RunAsync(app.Services);
}

app.UsePages().MapDefaultEndpoints();
app.MapPages().MapSession().MapActions().MapRunLog().MapLive();
await app.RunAsync();
return 0;
