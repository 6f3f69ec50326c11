using CaptionTL.Service;
using CaptionTL.Service.Hosting;
using CaptionTL.Service.Jobs.Running;
using CaptionTL.Web;

if (args is [JobProcess.Command, var folder]) return JobProcess.Run(folder);

return await ServiceProgram.RunAsync(() =>
{
    var builder = WebApplication.CreateBuilder(args);
    builder.AddCaptionTL();
    builder.AddWeb();
    var app = builder.Build();
    app.MapCaptionTL();
    app.MapWeb();
    return app;
});
