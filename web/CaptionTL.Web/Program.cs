using CaptionTL.Service;
using CaptionTL.Service.Hosting;
using CaptionTL.Web;

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
